# What someone should be woken for, and one page that shows how the bank is.

locals {
  given_up = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${var.name}-worker\" AND jsonPayload.message=\"operation given up\""

  services_filter = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=monitoring.regex.full_match(\"${var.name}-.*\")"

  # Each has one condition: a threshold, a log entry to match, or a query.
  alerts = {
    errors = {
      name   = "more than 1 in 50 calls fail"
      advice = "Look at the log of the function with `severity>=ERROR`. The worker answers 500 for work that is tried again: see the alert on operations that were given up."
      threshold = {
        filter      = "metric.type=\"run.googleapis.com/request_count\" AND metric.labels.response_code_class=\"5xx\" AND ${local.services_filter}"
        denominator = "metric.type=\"run.googleapis.com/request_count\" AND ${local.services_filter}"
        aligner     = "ALIGN_RATE"
        reducer     = "REDUCE_SUM"
        value       = 0.02
      }
    }
    latency = {
      name   = "retrieve is slow"
      advice = "Cold starts (set min_instances), the embedding model's quota, or scopes of very many memories: a search reads every vector of its scope."
      threshold = {
        filter      = "metric.type=\"run.googleapis.com/request_latencies\" AND resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${var.name}-retrieve\""
        denominator = null
        aligner     = "ALIGN_PERCENTILE_95"
        reducer     = "REDUCE_MAX"
        value       = var.latency_alert_ms
      }
    }
    queue = {
      name   = "tasks wait for more than ten minutes"
      advice = "The worker does not keep up (raise max_instances for worker) or answers 503: Cloud Tasks then slows the whole queue down."
      threshold = {
        filter      = "metric.type=\"cloudtasks.googleapis.com/queue/task_attempt_delays\" AND resource.type=\"cloud_tasks_queue\" AND resource.labels.queue_id=\"${var.name}\""
        denominator = null
        aligner     = "ALIGN_PERCENTILE_99"
        reducer     = "REDUCE_MAX"
        value       = 600000
      }
    }
    # A metric made of log entries is unknown for its first ten minutes, and an alert on it is refused with 404
    # (https://github.com/hashicorp/terraform-provider-google/issues/11102). So this one looks for the entries itself.
    given_up = {
      name   = "an operation was given up"
      advice = "The operation itself says what happened: GET it by the name in the log entry. `operations/O:retry` tries it again."
      log    = local.given_up
    }
    # The sweep answers 200 when it has finished, and 202 when it stopped for lack of time. `vector(0)` stands for a sweep
    # that never ran.
    sweep = {
      name   = "the sweep has not finished for 15 minutes"
      advice = "What has expired is still stored, and operations that stalled are not resumed. Look at the last runs of the scheduler job `${var.name}-sweep` and at the log of the function. Answers of 202 only: there is more to remove than one run can; the log says how much it removes. After the first deployment this alert may come once and close by itself."
      query  = "(sum(increase(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"${var.name}-sweep\",response_code=\"200\"}[10m])) or vector(0)) < 1"
    }
  }

  charts = {
    "Calls a second by function"           = ["metric.type=\"run.googleapis.com/request_count\" AND ${local.services_filter}", "ALIGN_RATE", "REDUCE_SUM", "resource.label.service_name"]
    "95th percentile by function (ms)"     = ["metric.type=\"run.googleapis.com/request_latencies\" AND ${local.services_filter}", "ALIGN_PERCENTILE_95", "REDUCE_MAX", "resource.label.service_name"]
    "Instances by function"                = ["metric.type=\"run.googleapis.com/container/instance_count\" AND ${local.services_filter}", "ALIGN_MAX", "REDUCE_SUM", "resource.label.service_name"]
    "Server errors a second"               = ["metric.type=\"run.googleapis.com/request_count\" AND metric.labels.response_code_class=\"5xx\" AND ${local.services_filter}", "ALIGN_RATE", "REDUCE_SUM", "resource.label.service_name"]
    "Delay of tasks (99th percentile, ms)" = ["metric.type=\"cloudtasks.googleapis.com/queue/task_attempt_delays\" AND resource.type=\"cloud_tasks_queue\"", "ALIGN_PERCENTILE_99", "REDUCE_MAX", "resource.label.queue_id"]
    "Operations that failed for good"      = ["metric.type=\"logging.googleapis.com/user/${var.name}/failed_operations\" AND resource.type=\"cloud_run_revision\"", "ALIGN_DELTA", "REDUCE_SUM", "resource.label.service_name"]
  }
}

resource "google_logging_metric" "failed_operations" {
  project     = var.project_id
  name        = "${var.name}/failed_operations"
  description = "Operations that were given up, for the dashboard."
  filter      = local.given_up
  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
  }
  depends_on = [google_project_service.this]
}

resource "google_monitoring_alert_policy" "this" {
  for_each              = local.alerts
  project               = var.project_id
  display_name          = "${var.name}: ${each.value.name}"
  combiner              = "OR"
  notification_channels = var.notification_channels
  user_labels           = local.labels

  conditions {
    display_name = each.value.name

    dynamic "condition_threshold" {
      for_each = try([each.value.threshold], [])
      iterator = threshold
      content {
        filter             = threshold.value.filter
        denominator_filter = threshold.value.denominator
        comparison         = "COMPARISON_GT"
        threshold_value    = threshold.value.value
        duration           = "300s"
        aggregations {
          alignment_period     = "300s"
          per_series_aligner   = threshold.value.aligner
          cross_series_reducer = threshold.value.reducer
        }
        dynamic "denominator_aggregations" {
          for_each = threshold.value.denominator[*]
          content {
            alignment_period     = "300s"
            per_series_aligner   = threshold.value.aligner
            cross_series_reducer = threshold.value.reducer
          }
        }
      }
    }
    dynamic "condition_matched_log" {
      for_each = try([each.value.log], [])
      iterator = log
      content {
        filter = log.value
      }
    }
    dynamic "condition_prometheus_query_language" {
      for_each = try([each.value.query], [])
      iterator = query
      content {
        query                     = query.value
        duration                  = "300s"
        evaluation_interval       = "60s"
        disable_metric_validation = true # the metric need not have been seen yet
      }
    }
  }
  # Required for an alert that matches log entries, and refused for others.
  dynamic "alert_strategy" {
    for_each = try([each.value.log], [])
    content {
      auto_close = "1800s"
      notification_rate_limit {
        period = "300s"
      }
    }
  }
  documentation {
    content   = each.value.advice
    mime_type = "text/markdown"
  }
  # The sweep is to run before somebody is told that it does not.
  depends_on = [google_project_service.this, google_cloud_scheduler_job.sweep]
}

resource "google_monitoring_dashboard" "this" {
  project = var.project_id
  dashboard_json = jsonencode({
    displayName = "Open Memory Bank (${var.name})"
    gridLayout = {
      columns = "2" # as the API answers it, or every plan shows a difference
      widgets = [for title, chart in local.charts : {
        title = title
        xyChart = {
          dataSets = [{
            plotType = "LINE"
            timeSeriesQuery = {
              timeSeriesFilter = {
                filter = chart[0]
                aggregation = {
                  alignmentPeriod    = "60s"
                  perSeriesAligner   = chart[1]
                  crossSeriesReducer = chart[2]
                  groupByFields      = [chart[3]]
                }
              }
            }
          }]
        }
      }]
    }
  })
  depends_on = [google_project_service.this]
}

resource "google_billing_budget" "this" {
  count           = var.budget != null ? 1 : 0
  billing_account = var.budget.billing_account
  display_name    = var.name
  budget_filter {
    projects = ["projects/${data.google_project.this.number}"]
  }
  amount {
    specified_amount {
      currency_code = var.budget.currency
      units         = tostring(floor(var.budget.amount))
    }
  }
  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1]
    content {
      threshold_percent = threshold_rules.value
    }
  }
  depends_on = [google_project_service.this]
}
