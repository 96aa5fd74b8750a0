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

run "only_modern_tls_on_the_domain_reaches_the_functions" {
  assert {
    condition     = google_compute_global_forwarding_rule.this[0].port_range == "443" && google_compute_global_forwarding_rule.this[0].load_balancing_scheme == "EXTERNAL_MANAGED"
    error_message = "the load balancer listens elsewhere than on HTTPS"
  }
  assert {
    condition     = google_compute_ssl_policy.this[0].min_tls_version == "TLS_1_2" && google_compute_ssl_policy.this[0].profile == "MODERN" && google_compute_target_https_proxy.this[0].ssl_policy == google_compute_ssl_policy.this[0].id
    error_message = "old TLS is accepted"
  }
  assert {
    condition     = google_compute_managed_ssl_certificate.this[0].managed[0].domains == tolist(["memory.example.com"]) && google_compute_target_https_proxy.this[0].ssl_certificates == tolist([google_compute_managed_ssl_certificate.this[0].id])
    error_message = "the certificate is another domain's, or is not used"
  }
  assert {
    condition     = one(google_compute_url_map.this[0].host_rule).hosts == toset(["memory.example.com"]) && google_compute_url_map.this[0].default_service == google_compute_backend_service.this["memories"].id
    error_message = "the URL map serves another host, or answers unknown paths otherwise than the API"
  }
  assert {
    condition = toset(flatten([for rule in google_compute_url_map.this[0].path_matcher[0].route_rules : [for match in rule.match_rules :
      "${rule.service} ${match.path_template_match} ${join(",", [for header in match.header_matches : "${header.header_name}=${header.exact_match}"])}"]])) == toset(flatten([
      for function, rules in jsondecode(file("${path.module}/routes.json")) : [for rule in rules :
    "${google_compute_backend_service.this[function].id} ${rule.path} ${rule.method == null ? "" : ":method=${rule.method}"}"]]))
    error_message = "a path or a method leads to another function"
  }
  assert {
    condition = { for name, backend in google_compute_backend_service.this : name => one(backend.backend).group } == {
    for name, group in google_compute_region_network_endpoint_group.this : name => group.id }
    error_message = "a backend leads to another function"
  }
  assert {
    condition     = alltrue([for name, group in google_compute_region_network_endpoint_group.this : group.cloud_run[0].service == "memorybank-${name}" && group.network_endpoint_type == "SERVERLESS" && group.region == "us-central1"])
    error_message = "an endpoint group leads to another service"
  }
}

run "a_certificate_for_another_domain_has_another_name" {
  command = plan
  variables {
    domain = "bank.example.com"
  }
  assert {
    condition     = google_compute_managed_ssl_certificate.this[0].name == "memorybank-${substr(sha256("bank.example.com"), 0, 8)}"
    error_message = "the new certificate cannot be made while the old one is used"
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
    condition     = { for rule in google_compute_security_policy.this[0].rule : rule.action => [rule.priority, one(rule.match).config[0].src_ip_ranges] } == { throttle = [1000, toset(["*"])], allow = [2147483647, toset(["*"])] }
    error_message = "other addresses are let through, or turned away"
  }
  assert {
    condition     = one([for rule in google_compute_security_policy.this[0].rule : [for limit in rule.rate_limit_options : "${limit.conform_action} ${limit.exceed_action} ${limit.enforce_on_key} ${limit.rate_limit_threshold[0].interval_sec}"] if rule.action == "throttle"]) == ["allow deny(429) IP 60"]
    error_message = "who exceeds the limit is let through, or shares it with everybody"
  }
  assert {
    condition     = alltrue([for service in google_compute_backend_service.this : service.security_policy == google_compute_security_policy.this[0].id])
    error_message = "a function is not behind the rate limit"
  }
}
