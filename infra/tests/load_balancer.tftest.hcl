# With a domain: no router, functions behind the load balancer only, each guarded by its own IAM.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  project_id = "my-project"
  image      = "us-central1-docker.pkg.dev/my-project/memorybank/memorybank@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  invokers   = ["group:team@example.com"]
  domain     = "memory.example.com"
}

run "there_is_no_router_and_no_way_around_the_load_balancer" {
  assert {
    condition     = !contains(keys(google_cloud_run_v2_service.this), "router") && length(google_cloud_run_v2_service_iam_member.router) == 0
    error_message = "there is a router behind a load balancer"
  }
  assert {
    condition     = alltrue([for name, service in google_cloud_run_v2_service.this : service.ingress == (local.folders[name].callers == "clients" ? "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" : "INGRESS_TRAFFIC_INTERNAL_ONLY")])
    error_message = "a function can be reached past the load balancer"
  }
  assert {
    condition     = alltrue([for name, service in google_cloud_run_v2_service.this : contains(service.custom_audiences, "https://memory.example.com") == (local.folders[name].callers == "clients")])
    error_message = "tokens for the domain are not good for every function that clients call, or also for others"
  }
}

run "invokers_may_call_what_clients_call_and_nothing_else" {
  assert {
    condition     = toset([for entry in google_cloud_run_v2_service_iam_member.invoker : entry.name]) == toset([for name, function in local.folders : "memorybank-${name}" if function.callers == "clients" && name != "router"])
    error_message = "invokers reach too much or too little"
  }
  assert {
    condition     = output.base_url == "https://memory.example.com"
    error_message = "the base URL is not the domain"
  }
}

run "every_rule_of_routes_json_is_in_the_url_map" {
  assert {
    condition = toset(flatten([for rule in google_compute_url_map.this[0].path_matcher[0].route_rules : [for match in rule.match_rules : match.path_template_match]])) == toset(flatten([
    for rules in values(jsondecode(file("${path.module}/routes.json"))) : [for rule in rules : rule.path]]))
    error_message = "the URL map and routes.json differ"
  }
  assert {
    condition     = alltrue([for path in flatten([for rules in values(jsondecode(file("${path.module}/routes.json"))) : [for rule in rules : rule.path]]) : length(regexall("\\*", path)) <= 5 && length(path) <= 255])
    error_message = "a template has more than five wildcards or 255 characters"
  }
  assert {
    condition     = length(distinct([for rule in google_compute_url_map.this[0].path_matcher[0].route_rules : rule.priority])) == length(google_compute_url_map.this[0].path_matcher[0].route_rules)
    error_message = "two rules have one priority"
  }
}

run "one_address_cannot_flood_the_bank" {
  variables {
    requests_per_minute = 60
  }
  assert {
    condition     = one([for rule in google_compute_security_policy.this[0].rule : rule.rate_limit_options[0].rate_limit_threshold[0].count if rule.action == "throttle"]) == 60
    error_message = "the rate limit is not the variable's"
  }
  assert {
    condition     = alltrue([for service in google_compute_backend_service.this : service.security_policy == google_compute_security_policy.this[0].id])
    error_message = "a function is not behind the rate limit"
  }
}
