"""A program between Terraform and a provider, which leaves resource types out of the provider's schema.

The arguments are the provider's binary and the types that stay. It prints the value of `TF_REATTACH_PROVIDERS`, and
runs until the end of its standard input. Every other call is passed on as it is, in both directions.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import grpc

_PROVIDER = re.compile(r"TF_REATTACH_PROVIDERS='(.*)'")
_UNTIL_END_OF_STDIN = '"$0" -debug & read -r _; kill -INT $!; wait'
"""Ends the provider also where this process, or that of the tests, is killed."""
_ANY_SIZE = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
_GET_SCHEMA = "/tfplugin5.Provider/GetSchema"
_SCHEMAS_BY_TYPE = (2, 3, 8)
"""The fields of its response that map a type to its schema: of resources, data sources and ephemeral resources.

https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/tfplugin5.proto
"""
_MAX_CALLS = 100
"""Terraform makes ten calls at once, and has two more open as long as it runs."""


class Relay(grpc.GenericRpcHandler):
    """Passes every call on to the provider; asks it only once for the schema, and shortens that."""

    def __init__(self, provider: grpc.Channel, types: Collection[str]) -> None:
        self._provider = provider
        self._types = types
        self._schema = b""

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes]":
        method = handler_call_details.method
        # A call with one message looks the same.
        call: grpc.StreamStreamMultiCallable[bytes, bytes] = self._provider.stream_stream(method)

        def pass_on(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
            if method == _GET_SCHEMA and self._schema:
                yield self._schema
                return
            responses = call(requests)
            context.add_callback(partial(_cancel, responses))
            try:
                for response in responses:
                    if method == _GET_SCHEMA:
                        self._schema = shortened(response, self._types)
                    yield self._schema if method == _GET_SCHEMA else response
            except grpc.RpcError:
                context.abort(responses.code(), responses.details())

        return grpc.stream_stream_rpc_method_handler(pass_on)


def _cancel(call: grpc.RpcContext) -> None:
    call.cancel()


def shortened(response: bytes, types: Collection[str]) -> bytes:
    """Return an encoded schema of a provider without the types that are not among `types`."""
    return b"".join(
        field for field, number, value in _fields(response) if number not in _SCHEMAS_BY_TYPE or _name(value) in types
    )


def _name(entry: bytes) -> str:
    """Return the key of an entry of a map."""
    _, _, key = next(_fields(entry))
    return key.decode()


def _fields(message: bytes) -> Iterator[tuple[bytes, int, bytes]]:
    """Yield the encoded form, the number and the value of each field of a message that has only messages and strings.

    https://protobuf.dev/programming-guides/encoding/
    """
    end = 0
    while end < len(message):
        start = end
        tag, end = _varint(message, end)
        size, end = _varint(message, end)
        value = message[end : end + size]
        end += size
        yield message[start:end], tag >> 3, value


def _varint(message: bytes, position: int) -> tuple[int, int]:
    """Return the number at a position, and the position after it."""
    value = shift = 0
    while message[position] & 0x80:
        value |= (message[position] & 0x7F) << shift
        shift += 7
        position += 1
    return value | message[position] << shift, position + 1


def main() -> None:
    """Run the provider and the relay."""
    binary, *types = sys.argv[1:]
    command = ["sh", "-c", _UNTIL_END_OF_STDIN, binary]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    with (
        tempfile.TemporaryDirectory() as directory,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing, text=True) as provider,  # noqa: S603 -- of the local mirror
    ):
        assert provider.stdout
        value = json.loads(next(found[1] for found in map(_PROVIDER.search, provider.stdout) if found))
        [configuration] = value.values()
        channel = grpc.insecure_channel(f"unix:{configuration['Addr']['String']}", options=_ANY_SIZE)
        server = grpc.server(ThreadPoolExecutor(_MAX_CALLS), [Relay(channel, frozenset(types))], options=_ANY_SIZE)
        configuration["Addr"]["String"] = str(Path(directory, "relay"))
        server.add_insecure_port(f"unix:{directory}/relay")
        server.start()
        sys.stdout.write(f"{json.dumps(value)}\n")
        sys.stdout.flush()
        sys.stdin.read()
        server.stop(None).wait()
        provider.communicate()


if __name__ == "__main__":
    main()
