# The queue of generations and timers, and the schedule of the sweep.

# Cloud Tasks gives up only when attempts AND duration are used up, so the duration is zero. It drops a task without a
# word: the worker writes the failure at `max_attempts`, and the ten attempts above that are for one that could not.
resource "google_cloud_tasks_queue" "this" {
  project  = var.project_id
  name     = var.name
  location = var.region

  rate_limits {
    max_dispatches_per_second = 500
    max_concurrent_dispatches = min(5000, local.instances["worker"] * local.folders.worker.concurrency)
  }
  retry_config {
    max_attempts       = var.max_attempts + 10
    max_retry_duration = "0s"
    min_backoff        = "1s"
    max_backoff        = "300s"
    max_doublings      = 8
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
