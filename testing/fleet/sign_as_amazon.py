"""Signs requests with Amazon's own library, as an independent witness.

Reads a JSON list of requests from the first argument: method, url, headers (the signed ones), region, credentials. Prints
a JSON list of signatures.
"""

import json
import sys

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def sign(asked):
    auth = S3SigV4Auth(Credentials(*asked["credentials"]), "s3", asked["region"])
    request = AWSRequest(method=asked["method"], url=asked["url"], headers=asked["headers"])
    request.context["timestamp"] = asked["headers"]["x-amz-date"]
    return auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)


print(json.dumps([sign(asked) for asked in json.loads(sys.argv[1])]))
