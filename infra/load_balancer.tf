# With a domain: one address, a managed certificate, and rules that lead every path to its function.

locals {
  # Made from the route tables by routes.py; first the rules that name a method, which share their path with others.
  rules = local.load_balanced ? jsondecode(file("${path.module}/routes.json")) : {}
  named = { for function, rules in local.rules : function => [for rule in rules : rule if rule.method != null] }
  plain = { for function, rules in local.rules : function => [for rule in rules : rule if rule.method == null] }
  # Route rules have places, not names.
  ordered = [
    for rule in concat(
      [for function, rules in local.named : { function = function, rules = rules }],
      [for function, rules in local.plain : { function = function, rules = rules }],
    ) : rule if length(rule.rules) > 0
  ]
}

resource "google_compute_global_address" "this" {
  count      = local.load_balanced ? 1 : 0
  project    = var.project_id
  name       = var.name
  depends_on = [google_project_service.this]
}

# The proxy uses a certificate until it has another: so the next one is made first, under a name of its own.
resource "google_compute_managed_ssl_certificate" "this" {
  count   = local.load_balanced ? 1 : 0
  project = var.project_id
  name    = "${var.name}-${substr(sha256(var.domain), 0, 8)}"
  managed {
    domains = [var.domain]
  }
  lifecycle {
    create_before_destroy = true
  }
  depends_on = [google_project_service.this]
}

# Without one a proxy still speaks TLS 1.0.
resource "google_compute_ssl_policy" "this" {
  count           = local.load_balanced ? 1 : 0
  project         = var.project_id
  name            = var.name
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
  depends_on      = [google_project_service.this]
}

resource "google_compute_region_network_endpoint_group" "this" {
  for_each              = local.load_balanced ? local.public : {}
  project               = var.project_id
  name                  = "${var.name}-${each.key}"
  region                = var.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.this[each.key].name
  }
}

resource "google_compute_security_policy" "this" {
  count   = local.load_balanced ? 1 : 0
  project = var.project_id
  name    = var.name

  rule {
    description = "At most ${var.requests_per_minute} requests a minute from one address."
    action      = "throttle"
    priority    = 1000
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"
      rate_limit_threshold {
        count        = var.requests_per_minute
        interval_sec = 60
      }
    }
  }
  rule {
    description = "The default."
    action      = "allow"
    priority    = 2147483647
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
  depends_on = [google_project_service.this]
}

resource "google_compute_backend_service" "this" {
  for_each              = local.load_balanced ? local.public : {}
  project               = var.project_id
  name                  = "${var.name}-${each.key}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.this[0].id
  backend {
    group = google_compute_region_network_endpoint_group.this[each.key].id
  }
  log_config {
    enable = false # Cloud Run logs the same requests
  }
}

resource "google_compute_url_map" "this" {
  count           = local.load_balanced ? 1 : 0
  project         = var.project_id
  name            = var.name
  default_service = google_compute_backend_service.this["memories"].id # answers an unknown path as the API does

  host_rule {
    hosts        = [var.domain]
    path_matcher = "bank"
  }
  path_matcher {
    name            = "bank"
    default_service = google_compute_backend_service.this["memories"].id

    dynamic "route_rules" {
      for_each = local.ordered
      content {
        priority = route_rules.key + 1
        service  = google_compute_backend_service.this[route_rules.value.function].id

        dynamic "match_rules" {
          for_each = route_rules.value.rules
          content {
            path_template_match = match_rules.value.path
            dynamic "header_matches" {
              for_each = match_rules.value.method[*]
              content {
                header_name = ":method"
                exact_match = header_matches.value
              }
            }
          }
        }
      }
    }
  }
}

resource "google_compute_target_https_proxy" "this" {
  count            = local.load_balanced ? 1 : 0
  project          = var.project_id
  name             = var.name
  url_map          = google_compute_url_map.this[0].id
  ssl_certificates = [google_compute_managed_ssl_certificate.this[0].id]
  ssl_policy       = google_compute_ssl_policy.this[0].id
}

resource "google_compute_global_forwarding_rule" "this" {
  count                 = local.load_balanced ? 1 : 0
  project               = var.project_id
  name                  = var.name
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.this[0].id
  port_range            = "443"
  target                = google_compute_target_https_proxy.this[0].id
  labels                = local.labels
}
