"""Accounts with a running Open WebUI, each different. A function and its expected files have the same name."""

from collections.abc import Callable

from tests._support.discovery.account_parts import (
    ACCOUNT,
    CLUSTER,
    DATA,
    SERVICE,
    AccountParts,
    Json,
    pairs,
    references,
)

Build = Callable[[], AccountParts]

# Texts that look like secrets, and are not: no scanner of this repository may take them for real ones.
API_KEY = "sk-" + "EXAMPLE0" * 5
DATABASE_URL = "postgresql://webui:" + "EXAMPLE-password" + "@chat.cluster-abc.eu-west-1.rds.amazonaws.com:5432/webui"
HOSTILE = {
    "NOTE_YAML": "yes",
    "NOTE_NUMBER": "012",
    "NOTE_ANCHOR": "*a &b !!python/object:os.system",
    "NOTE_COLON": "a: b # c",
    "NOTE_LINES": "first\nsecond: {x}\n",
    "NOTE_ESCAPE": "\x1b[31mred\x07 \u202eright",
    "NOTE_TEMPLATE": "${aws_vpc.this.id} %{ if true } {{ jinja }}",
    "NOTE_QUOTES": "'\"`$(id)`",
    "NOTE_EMPTY": "",
    "NOTE_UNICODE": "zażółć 漢字 🙂",
    "NOTE_CI": "::error::text\n##[error]text",
}


def complete() -> AccountParts:
    """Everything that a service can have, as a spec wants it."""
    aws = AccountParts()
    volume = aws.file_system(access_point="/data")
    aws.aurora("chat", parameter="1600")
    key = aws.key()
    secrets = {
        "DATABASE_URL": aws.secret("chat/database-url", key),
        "WEBUI_SECRET_KEY": aws.secret("chat/secret-key"),
        "OPENAI_API_KEYS": f"{aws.secret('chat/openai')}:keys::",
    }
    environment = {
        "WEBUI_URL": "https://chat.example.com",
        "CORS_ALLOW_ORIGIN": "https://chat.example.com",
        "VECTOR_DB": "pgvector",
        "ENABLE_DB_MIGRATIONS": "true",
        "THREAD_POOL_SIZE": "60",
        "DEFAULT_MODELS": "gpt-4.1",
        "MICROSOFT_CLIENT_ID": "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
        "OPENAI_API_BASE_URLS": "https://api.openai.com/v1;http://tools.chat.local:9099",
    }
    aws.name_in_cloud_map("tools.chat.local", aws.group("tools", 9099))
    mount, volumes = aws.data_volume(volume)
    aws.client("logs").create_log_group(logGroupName="/ecs/webui3", kmsKeyId=key)
    aws.client("logs").put_retention_policy(logGroupName="/ecs/webui3", retentionInDays=90)
    log = {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/webui3", "awslogs-region": aws.region}}
    container = aws.container(
        cpu=2048,
        memory=8192,
        environment=pairs(environment),
        secrets=references(secrets),
        logConfiguration=log,
        **mount,
    )
    target = aws.load_balancer(("10.20.0.0/24", "Entra connectors"), ("10.8.0.0/16", "VPN"), tls=True)
    balancers = [{"targetGroupArn": target, "containerName": "webui", "containerPort": 8080}]
    role = aws.role("bedrock", inline="extra")
    architecture = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
    aws.service(
        container,
        definition=volumes | {"taskRoleArn": role, "runtimePlatform": architecture},
        loadBalancers=balancers,
        tags=[{"key": "cost-center", "value": "42"}, {"key": "Environment", "value": "prod"}],
        enableExecuteCommand=True,
    )
    aws.client("ecs").update_cluster(cluster=CLUSTER, settings=[{"name": "containerInsights", "value": "enabled"}])
    aws.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{CLUSTER}/{SERVICE}",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=1,
        MaxCapacity=4,
    )
    aws.topic_of_an_alarm()
    return aws


def bare() -> AccountParts:
    """One task in public subnets with SQLite: no EFS, no database, no load balancer, no variables."""
    aws = AccountParts()
    aws.service(aws.container(portMappings=[{"containerPort": 8080}]), public=True)
    return aws


def no_access_point() -> AccountParts:
    """EFS at a directory, without an access point; RDS on another port."""
    aws = AccountParts()
    volume = aws.file_system() | {"rootDirectory": "/openwebui"}
    aws.rds("chat", port=6432)
    mount, volumes = aws.data_volume(volume)
    secrets = references({"DATABASE_URL": aws.secret("database-url")})
    aws.service(aws.container(secrets=secrets, **mount), definition=volumes)
    return aws


def several_databases() -> AccountParts:
    """Three databases in the VPC, of which two admit the tasks."""
    aws = AccountParts()
    aws.rds("chat", instance_class="db.t4g.medium")
    aws.rds("reports")
    aws.rds("mysql", engine="mysql", port=3306)
    aws.service(aws.container(secrets=references({"DATABASE_URL": aws.secret("database-url")})))
    return aws


def named_database() -> AccountParts:
    """Two databases admit the tasks, and a variable names the host of one."""
    aws = AccountParts()
    aws.rds("chat")
    aws.rds("reports")
    [host] = [
        each["Endpoint"]["Address"]
        for each in aws.client("rds").describe_db_instances(DBInstanceIdentifier="chat")["DBInstances"]
    ]
    environment = {"DATABASE_HOST": host, "DATABASE_NAME": "webui", "DATABASE_TYPE": "postgresql"}
    secrets = {"DATABASE_PASSWORD": aws.secret("database-password")}
    aws.service(aws.container(environment=pairs(environment), secrets=references(secrets)))
    return aws


def cloud_map() -> AccountParts:
    """Peers found by Cloud Map, by a network address and by a security group; the service has a name too."""
    aws = AccountParts()
    aws.name_in_cloud_map("pipelines.internal", aws.group("pipelines"))
    aws.group("mcp", 8000)
    aws.group("redis", 6379)
    aws.interface("10.0.0.88", aws.group("ollama"))
    registry = aws.name_in_cloud_map("chat.internal")
    environment = {
        "OPENAI_API_BASE_URL": "http://pipelines.internal:9099",
        "OLLAMA_BASE_URL": "http://10.0.0.88:11434",
        "RAG_OPENAI_API_BASE_URL": "http://embeddings.example.com:8081/v1",
        "REDIS_URL": "redis://old-redis:6379/0",
        "WEBSOCKET_MANAGER": "redis",
    }
    aws.service(aws.container(environment=pairs(environment)), serviceRegistries=[{"registryArn": registry}])
    return aws


def several_containers() -> AccountParts:
    """Create a proxy and an agent beside Open WebUI; the load balancer leads to the proxy."""
    aws = AccountParts()
    target = aws.load_balancer(("10.8.0.0/16", ""), host="chat.example.com")
    proxy = {"name": "nginx", "image": "nginx:1.27", "portMappings": [{"containerPort": 80}]}
    agent = {"name": "xray", "image": "amazon/aws-xray-daemon", "essential": False}
    webui = aws.container(
        image=f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/open-webui:0.11.4",
        environment=pairs({"VECTOR_DB": "pgvector"}),
    )
    balancers = [{"targetGroupArn": target, "containerName": "nginx", "containerPort": 80}]
    aws.service(proxy, agent, webui, loadBalancers=balancers)
    return aws


def plain_secrets() -> AccountParts:
    """Secrets as plain variables, also in odd places."""
    aws = AccountParts()
    aws.aurora("chat")
    environment = {
        "DATABASE_URL": DATABASE_URL,
        "WEBUI_SECRET_KEY": "EXAMPLE" * 4,
        "OPENAI_API_KEY": API_KEY,
        "LDAP_APP_PASSWORD": "EXAMPLE",
        "HTTPS_PROXY": "http://chat:EXAMPLE-password@proxy.example.com:3128",
        "COMPANY_PASSPHRASE": "correct horse battery",
        "EXTRA_HEADERS": '{"Authorization": "Bearer ' + "EXAMPLE0" * 4 + '"}',
        "ENABLE_API_KEYS": "true",
        "TIKTOKEN_ENCODING_NAME": "cl100k_base",
    }
    container = aws.container(
        environment=pairs(environment),
        command=["--api-key", API_KEY],
        dockerLabels={"token": API_KEY},
    )
    aws.service(container, tags=[{"key": "deploy-token", "value": API_KEY}, {"key": "team", "value": "ai"}])
    return aws


def moving_tag() -> AccountParts:
    """Use an image with the tag `main`; a task runs, so its digest is known."""
    aws = AccountParts()
    aws.service(aws.container(image="ghcr.io/open-webui/open-webui:main", cpu=2048, memory=8192))
    aws.running_task()
    return aws


def other_secrets() -> AccountParts:
    """Parameters of Systems Manager, versions, an ARN without its end, and a file of variables."""
    aws = AccountParts()
    prefix = f"arn:aws:ssm:{aws.region}:{ACCOUNT}:parameter"
    complete_arn = aws.secret("chat/key")
    secrets = {
        "OPENAI_API_KEY": f"{prefix}/chat/openai",
        "WEBUI_SECRET_KEY": complete_arn.rpartition("-")[0],
        "OAUTH_CLIENT_SECRET": f"{complete_arn}:oauth:AWSCURRENT:",
        "TAVILY_API_KEY": f"{complete_arn}:tavily:AWSPREVIOUS:",
        "DATABASE_HOST": f"{prefix}/chat/host",
        "DATABASE_PASSWORD": f"{prefix}/chat/password",
        "WEBUI_URL": f"{prefix}/chat/url",
    }
    files = [{"type": "s3", "value": "arn:aws:s3:::company-settings/chat.env"}]
    aws.service(aws.container(secrets=references(secrets), environmentFiles=files))
    return aws


def open_to_the_internet() -> AccountParts:
    """Admit everyone to a load balancer on the internet, with tasks in public subnets."""
    aws = AccountParts()
    target = aws.load_balancer(("0.0.0.0/0", "everyone"), scheme="internet-facing", host="chat.example.com", tls=True)
    balancers = [{"targetGroupArn": target, "containerName": "webui", "containerPort": 8080}]
    environment = {"WEBUI_AUTH_TRUSTED_EMAIL_HEADER": "X-Email", "WEBUI_URL": "https://chat.example.com/"}
    aws.service(aws.container(environment=pairs(environment)), public=True, loadBalancers=balancers)
    return aws


def on_ec2() -> AccountParts:
    """Run tasks on EC2 with the bridge network: no subnets, and a size that Fargate does not have."""
    aws = AccountParts()
    definition = {"networkMode": "bridge", "requiresCompatibilities": ["EC2"], "cpu": "1500", "memory": "5000"}
    aws.service(
        aws.container(memory=5000), definition=definition, launchType="EC2", networkConfiguration=None, desiredCount=2
    )
    return aws


def wrong_settings() -> AccountParts:
    """Run a bad release, with settings that several tasks must not have."""
    aws = AccountParts()
    environment = {
        "PORT": "3000",
        "ENABLE_WEBSOCKET_SUPPORT": "false",
        "ENABLE_PERSISTENT_CONFIG": "false",
        "UVICORN_WORKERS": "4",
        "DATABASE_POOL_SIZE": "100",
        "DATABASE_HOST": "chat.example.com",
        "DATABASE_USER": "webui",
        "VECTOR_DB": "chroma",
        "STORAGE_PROVIDER": "local",
        "DATA_DIR": "/data",
        "WEBUI_URL": "http://chat.example.com/app",
        "THREAD_POOL_SIZE": "many",
        "AIOHTTP_CLIENT_TIMEOUT": "120",
    }
    container = aws.container(image="ghcr.io/open-webui/open-webui:v0.11.2", environment=pairs(environment))
    container["mountPoints"] = [{"sourceVolume": "data", "containerPath": "/data"}]
    aws.service(container, definition={"volumes": [{"name": "data"}]})
    return aws


def small_database() -> AccountParts:
    """Create a database whose connections are too few for ten tasks."""
    aws = AccountParts()
    aws.aurora("chat", parameter="400")
    aws.service(aws.container(environment=pairs({"VECTOR_DB": "pgvector"})))
    return aws


def own_postgresql() -> AccountParts:
    """Create a PostgreSQL server that is not on RDS."""
    aws = AccountParts()
    aws.group("postgres-vm", 5432)
    aws.service(aws.container(secrets=references({"DATABASE_URL": aws.secret("database-url")})))
    return aws


def serverless() -> AccountParts:
    """Aurora Serverless, whose connections follow from its capacity; two topics of alarms."""
    aws = AccountParts()
    aws.aurora("chat", instance_class="db.serverless")
    aws.client("rds").modify_db_cluster(
        DBClusterIdentifier="chat", ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 16}
    )
    aws.service(aws.container())
    aws.topic_of_an_alarm("first")
    aws.topic_of_an_alarm("second")
    return aws


def other_region() -> AccountParts:
    """Create a service with the same name in two regions, of which the second is read."""
    complete()
    aws = AccountParts("us-east-1")
    aws.service(
        aws.container(image="ghcr.io/open-webui/open-webui:v0.9.6", environment=pairs({"DEFAULT_LOCALE": "en"}))
    )
    return aws


def hostile() -> AccountParts:
    """Texts that are special in YAML, in HCL, in a terminal and in CI."""
    aws = AccountParts()
    tags: list[Json] = [{"key": "odd: key", "value": "yes"}, {"key": "path", "value": "a/b=c+d@e"}]
    tags += [{"key": "aws-like", "value": "#no comment"}]
    container = aws.container(environment=pairs(HOSTILE | {"not a name": "x", "1ST": "y"}), entryPoint=["\x1b[2J"])
    container["mountPoints"] = [{"sourceVolume": "data", "containerPath": DATA}]
    aws.service(container, definition={"volumes": [{"name": "data", "host": {}}]}, tags=tags)
    return aws


ACCOUNTS: dict[str, Build] = {
    build.__name__: build
    for build in (
        bare,
        cloud_map,
        complete,
        hostile,
        moving_tag,
        named_database,
        no_access_point,
        on_ec2,
        open_to_the_internet,
        other_region,
        other_secrets,
        own_postgresql,
        plain_secrets,
        serverless,
        several_containers,
        several_databases,
        small_database,
        wrong_settings,
    )
}


def other_app() -> AccountParts:
    """Create a service that is not Open WebUI."""
    aws = AccountParts()
    aws.service({"name": "web", "image": "nginx:1.27"})
    return aws
