# The queue of generations and timers, and the schedule of the sweep.

locals {
  # Seconds before each further delivery: doubled from 10 s on, then every 10 minutes. 149 of them are a day.
  pauses = [for number in range(1, var.max_attempts + 10) : number > 6 ? 600 : 10 * pow(2, number - 1)]
}

# Cloud Tasks drops a task without a word, when attempts AND duration are used up. The worker records the failure at
# `max_attempts`; the ten deliveries above that are for one that could not. Beyond 100 attempts, only the duration
# counts. https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues#RetryConfig
resource "google_cloud_tasks_queue" "this" {
  project  = var.project_id
  name     = var.name
  location = var.region

  rate_limits {
    max_dispatches_per_second = 500
    max_concurrent_dispatches = min(5000, local.instances["worker"] * local.folders.worker.concurrency)
  }
  retry_config {
    max_attempts       = min(100, var.max_attempts + 10)
    max_retry_duration = "${sum(local.pauses)}s"
    min_backoff        = "10s"
    max_backoff        = "600s"
    max_doublings      = 6
  }
  stackdriver_logging_config {
    sampling_ratio = 0.1
  }
  depends_on = [google_project_service.this]
}

resource "google_cloud_scheduler_job" "sweep" {
  project          = var.project_id
  name             = "${var.name}-sweep"
  region           = var.region
  schedule         = var.sweep_schedule
  time_zone        = "Etc/UTC"
  attempt_deadline = "${local.folders.sweep.timeout}s"

  http_target {
    uri         = "${local.urls.sweep}/"
    http_method = "POST"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode("{}")
    oidc_token {
      service_account_email = google_service_account.caller["scheduler"].email
      audience              = local.urls.sweep
    }
  }
  depends_on = [google_cloud_run_v2_service.this, google_cloud_run_v2_service_iam_member.caller]
}
