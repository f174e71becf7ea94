"""Answers what nf-core asks of the network: the list of pipelines is empty, all else is not there."""
import json

try:
    import requests
    from requests.adapters import HTTPAdapter
except ImportError:
    requests = None


def answer(self, request, **options):
    found = request.url.split("?")[0] == "https://nf-co.re/pipelines.json"
    response = requests.Response()
    response.status_code = 200 if found else 404
    response._content = json.dumps({"remote_workflows": []} if found else {}).encode()
    response.url, response.request = request.url, request
    response.headers["Content-Type"] = "application/json"
    return response


if requests:
    HTTPAdapter.send = answer
