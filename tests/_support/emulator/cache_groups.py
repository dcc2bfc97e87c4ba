"""Parameter groups, and the deletion of subnet groups, which ElastiCache in moto lacks."""

from typing import Any

from moto.core.responses import ActionResult, EmptyResult, PaginatedResult
from moto.elasticache.exceptions import InvalidParameterValueException
from moto.elasticache.models import ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse


class CacheTags(ElastiCacheBackend):
    """Tags of parameter groups, which moto rejects."""

    def list_tags_for_resource(self, arn: str) -> dict[str, list[dict[str, str]]]:
        return self.tagging_service.list_tags_for_resource(arn)


class CacheGroups(ElastiCacheResponse):
    """Operations on parameter groups, and the deletion of subnet groups."""

    def create_cache_parameter_group(self) -> ActionResult:
        name, backend = self._get_param("CacheParameterGroupName"), self.elasticache_backend
        group = {
            "CacheParameterGroupName": name,
            "CacheParameterGroupFamily": self._get_param("CacheParameterGroupFamily"),
            "Description": self._get_param("Description"),
            "IsGlobal": False,
            "ARN": f"arn:aws:elasticache:{backend.region_name}:{backend.account_id}:parametergroup:{name}",
            "values": {},
        }
        _groups(self)[name] = group
        backend.add_tags_to_resource(group["ARN"], self._get_param("Tags", []))
        return ActionResult({"CacheParameterGroup": group})

    def describe_cache_parameter_groups(self) -> ActionResult:
        name = self._get_param("CacheParameterGroupName")
        groups = [_parameter_group(self)] if name else list(_groups(self).values())
        return PaginatedResult({"CacheParameterGroups": groups})

    def describe_cache_parameters(self) -> ActionResult:
        values = _parameter_group(self)["values"].items()
        parameters = [{"ParameterName": name, "ParameterValue": value, "Source": "user"} for name, value in values]
        return PaginatedResult({"Parameters": parameters})

    def modify_cache_parameter_group(self) -> ActionResult:
        group = _parameter_group(self)
        for parameter in self._get_param("ParameterNameValues", []):
            group["values"][parameter["ParameterName"]] = parameter["ParameterValue"]
        return ActionResult({"CacheParameterGroupName": group["CacheParameterGroupName"]})

    def delete_cache_parameter_group(self) -> ActionResult:
        name = _parameter_group(self)["CacheParameterGroupName"]
        _reject_if_in_use(self, "cache_parameter_group_name", name)
        del _groups(self)[name]
        return EmptyResult()

    def delete_cache_subnet_group(self) -> ActionResult:
        name = self._get_param("CacheSubnetGroupName")
        _reject_if_in_use(self, "cache_subnet_group_name", name)
        del self.elasticache_backend.cache_subnet_groups[name]
        return EmptyResult()


class _CacheError(InvalidParameterValueException):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _groups(response: ElastiCacheResponse) -> dict[str, Any]:
    groups: dict[str, Any] = vars(response.elasticache_backend).setdefault("parameter_groups", {})
    return groups


def _parameter_group(response: ElastiCacheResponse) -> Any:
    name = response._get_param("CacheParameterGroupName")
    if name not in _groups(response):
        raise _CacheError("CacheParameterGroupNotFound", f"CacheParameterGroup not found: {name}")
    return _groups(response)[name]


def _reject_if_in_use(response: ElastiCacheResponse, attribute: str, name: str) -> None:
    if any(vars(group)[attribute] == name for group in response.elasticache_backend.replication_groups.values()):
        raise _CacheError("InvalidCacheParameterGroupState", f"{name} is in use.")
