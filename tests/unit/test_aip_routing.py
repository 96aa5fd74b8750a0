import pytest

from memorybank.aip.routing import MethodNotAllowed, Route, Router
from memorybank.errors import NotFound

MEMORY = "reasoningEngines/{engine}/memories/{memory}"


def route(method: str, template: str, name: str, *, absolute: bool = False) -> Route:
    return Route(method, template, handler=str, name=name, absolute=absolute)


ROUTER = Router(
    [
        route("GET", "reasoningEngines", "list engines"),
        route("GET", "reasoningEngines/{engine}", "get engine"),
        route("GET", "reasoningEngines/{engine}/memories", "list"),
        route("POST", "reasoningEngines/{engine}/memories", "create"),
        route("POST", "reasoningEngines/{engine}/memories:generate", "generate"),
        route("GET", MEMORY, "get"),
        route("DELETE", MEMORY, "delete"),
        route("POST", MEMORY + ":rollback", "rollback"),
        route("GET", MEMORY + "/revisions/{revision}", "get revision"),
        route("GET", MEMORY + "/operations/{operation}", "get operation"),
        route("GET", "/health", "health", absolute=True),
    ]
)


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
@pytest.mark.parametrize(
    ("prefix", "place"), [("", {}), ("projects/p/locations/l/", {"project": "p", "location": "l"})]
)
@pytest.mark.parametrize(
    ("method", "path", "name", "params"),
    [
        ("GET", "reasoningEngines", "list engines", {}),
        ("GET", "reasoningEngines/1", "get engine", {"engine": "1"}),
        ("GET", "reasoningEngines/1/memories", "list", {"engine": "1"}),
        ("POST", "reasoningEngines/1/memories", "create", {"engine": "1"}),
        ("POST", "reasoningEngines/1/memories:generate", "generate", {"engine": "1"}),
        ("GET", "reasoningEngines/1/memories/m", "get", {"engine": "1", "memory": "m"}),
        ("POST", "reasoningEngines/1/memories/m:rollback", "rollback", {"engine": "1", "memory": "m"}),
        (
            "GET",
            "reasoningEngines/1/memories/m/revisions/2",
            "get revision",
            {"engine": "1", "memory": "m", "revision": "2"},
        ),
        ("GET", "reasoningEngines/a:b/memories", "list", {"engine": "a:b"}),
    ],
)
def test_every_path_is_served_under_both_versions_with_and_without_a_location(
    version: str, prefix: str, place: dict[str, str], method: str, path: str, name: str, params: dict[str, str]
) -> None:
    found = ROUTER.match(method, f"/{version}/{prefix}{path}")
    assert (found.route.name, found.params, found.version) == (name, params | place, version)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/v1",
        "/v1/",
        "/v2/reasoningEngines",
        "v1/reasoningEngines",
        "//v1/reasoningEngines",
        "/v1//reasoningEngines",
        "/v1/reasoningEngines/",
        "/v1/reasoningEngines//memories",
        "/v1/reasoningEngines/1/memories/",
        "/v1/reasoningEngines/1/memories/abc:foo",
        "/v1/reasoningEngines/1/memories/abc:",
        "/v1/reasoningEngines/1/memories/:rollback",
        "/v1/reasoningEngines/1/memories/a:b:rollback:x",
        "/v1/reasoningEngines/1/memories:rollback",
        "/v1/reasoningEngines/1/memories/m/revisions",
        "/v1/reasoningEngines/1/unknown/m",
        "/v1/reasoningEngines/1/memories/m/n/o",
        "/v1/projects/p/locations/l",
        "/v1/projects/p/locations/l/",
        "/v1/projects/p/reasoningEngines",
        "/v1/projects//locations/l/reasoningEngines",
        "/v1/projects/p/locations//reasoningEngines",
        "/v1/projects/p/regions/l/reasoningEngines",
        "/v1/health",
        "/health/",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_path_is_not_found_whatever_the_method(method: str, path: str) -> None:
    with pytest.raises(NotFound):
        ROUTER.match(method, path)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/projects/p/locations/l/reasoningEngines/1", "Paths begin with a version, such as /v1beta1/projects/p"),
        ("/v2/reasoningEngines/1", "The versions are v1 and v1beta1."),
        ("/v1alpha1/projects/p/locations/l/reasoningEngines/1", "The versions are v1 and v1beta1."),
        ("/v1beta1/v1beta1/reasoningEngines/1", "It has two versions: leave the one of the base URL out."),
        ("/vast/reasoningEngines/1", "/vast/reasoningEngines/1."),
        ("/bank/v1beta1/reasoningEngines/1", "/bank/v1beta1/reasoningEngines/1."),
    ],
)
def test_a_path_with_a_wrong_version_says_what_would_be_right(path: str, says: str) -> None:
    with pytest.raises(NotFound) as caught:
        ROUTER.match("GET", path)
    assert caught.value.message.endswith(says) or f"{says}/" in caught.value.message


def test_a_known_path_with_a_wrong_method_says_which_are_right() -> None:
    with pytest.raises(MethodNotAllowed) as caught:
        ROUTER.match("PUT", "/v1/reasoningEngines/1/memories/m")
    assert caught.value.allowed == ("DELETE", "GET")
    assert caught.value.status == "UNIMPLEMENTED"


def test_a_verb_answers_only_to_its_own_method() -> None:
    with pytest.raises(MethodNotAllowed):
        ROUTER.match("GET", "/v1/reasoningEngines/1/memories/m:rollback")


def test_an_absolute_route_has_no_version() -> None:
    found = ROUTER.match("GET", "/health")
    assert (found.route.name, found.params, found.version) == ("health", {}, "")
    with pytest.raises(MethodNotAllowed):
        ROUTER.match("POST", "/health")


@pytest.mark.parametrize("template", ["a/b", "{a}", "a/{b}/{c}", "a//b", "/a", "", "a/{b}/"])
def test_a_template_that_does_not_alternate_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="alternate"):
        Router([route("GET", template, "x")])


def test_two_routes_for_the_same_request_are_refused() -> None:
    with pytest.raises(ValueError, match="two routes"):
        Router([route("GET", "a/{b}", "x"), route("GET", "a/{b}", "y")])


def test_one_path_cannot_name_its_variables_in_two_ways() -> None:
    with pytest.raises(ValueError, match="names its variables"):
        Router([route("GET", "a/{b}", "x"), route("POST", "a/{c}", "y")])
