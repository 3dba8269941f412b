"""Conditional writes to an object store: create only, or replace only what was read. Arrow's filesystem has neither.

Needs boto3, the extra `s3`; credentials and region come from where boto3 looks for them, endpoint and region also from
the query of the URL: s3://bucket/prefix?endpoint_override=127.0.0.1:9000&scheme=http.
"""

from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from warehouse.storage.refusals import in_one_line


class NoObjectStore(Exception):
    """boto3 is not installed: the extra `s3` is missing."""


class ObjectStore:
    """Objects below one s3:// URL."""

    def __init__(self, url: str) -> None:
        """Make the client; nothing is asked of the store yet."""
        try:
            import boto3  # type: ignore[import-untyped]  # ships no types
            from botocore.config import Config  # type: ignore[import-untyped]  # ships no types
        except ImportError:
            raise NoObjectStore("an s3:// warehouse needs boto3: install lab-registry[s3]") from None
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        endpoint = query.get("endpoint_override")
        if endpoint and "://" not in endpoint:
            endpoint = f"{query.get('scheme', 'https')}://{endpoint}"
        self._bucket = parts.hostname or ""
        self._prefix = unquote(parts.path).strip("/")
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=query.get("region"),
            aws_access_key_id=unquote(parts.username) if parts.username else None,
            aws_secret_access_key=unquote(parts.password) if parts.password else None,
            config=Config(
                retries={"max_attempts": 4, "mode": "standard"},
                s3={"addressing_style": "path"} if endpoint else {},
                request_checksum_calculation="when_required",
            ),
        )

    def tag(self, path: str) -> str | None:
        """Return the entity tag of the object; None when it is not there."""
        head = self._head(path)
        return str(head["ETag"]) if head else None

    def age_seconds(self, path: str) -> float | None:
        """Return how old the object is by the store's own clock; None when it is not there."""
        head = self._head(path)
        if head is None:
            return None
        now = datetime.strptime(head["ResponseMetadata"]["HTTPHeaders"]["date"], "%a, %d %b %Y %H:%M:%S %Z")  # noqa: DTZ007
        return float((now - head["LastModified"].replace(tzinfo=None)).total_seconds())

    def create(self, path: str, data: bytes) -> bool:
        """Write the object unless there is one; tell whether it was written."""
        return self._put(path, data, IfNoneMatch="*")

    def replace(self, path: str, data: bytes, tag: str) -> bool:
        """Write the object where the one with the tag still stands; tell whether it was written."""
        return self._put(path, data, IfMatch=tag)

    def upload(self, local: Path, path: str) -> None:
        """Write a file of this machine to the object, in parts when it is large; it appears whole."""
        from boto3.exceptions import S3UploadFailedError  # type: ignore[import-untyped]  # ships no types

        try:
            self._client.upload_file(str(local), self._bucket, self._key(path))
        except S3UploadFailedError as error:
            raise OSError(in_one_line(error)) from error

    def remove(self, path: str) -> None:
        """Remove the object and all below it, and leave nothing: Arrow leaves empty objects where folders were."""
        from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # ships no types

        key = self._key(path)
        try:
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=key):
                found = (one["Key"] for one in page.get("Contents", ()))
                gone = [{"Key": one} for one in found if one == key or one.startswith(f"{key}/")]
                if gone:
                    self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": gone, "Quiet": True})
        except ClientError as error:
            raise OSError(in_one_line(error)) from error

    def keeps_versions(self) -> bool:
        """Tell whether the bucket may still hold what was removed or replaced; so too where it does not say."""
        from botocore.exceptions import ClientError

        try:
            return "Status" in self._client.get_bucket_versioning(Bucket=self._bucket)
        except ClientError:
            return True

    def _put(self, path: str, data: bytes, **condition: str) -> bool:
        from botocore.exceptions import ClientError

        try:
            self._client.put_object(Bucket=self._bucket, Key=self._key(path), Body=data, **condition)
        except ClientError as error:
            # 409 is how S3 says that another conditional write of the same key is under way
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in {404, 409, 412}:
                return False
            raise OSError(in_one_line(error)) from error
        return True

    def _head(self, path: str) -> dict[str, Any] | None:
        from botocore.exceptions import ClientError

        try:
            head: dict[str, Any] = self._client.head_object(Bucket=self._bucket, Key=self._key(path))
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return None
            raise OSError(in_one_line(error)) from error
        return head

    def _key(self, path: str) -> str:
        return f"{self._prefix}/{path}" if self._prefix else path
