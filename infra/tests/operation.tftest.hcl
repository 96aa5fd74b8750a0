# What keeps a bank alive and its owner informed: protection, size, queue, schedule, encryption, alerts.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  project_id = "my-project"
  image      = "us-central1-docker.pkg.dev/my-project/memorybank/memorybank@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  invokers   = ["group:team@example.com"]
}

run "with_nothing_chosen" {
  assert {
    condition     = alltrue([for service in google_cloud_run_v2_service.this : service.deletion_protection])
    error_message = "a function does not withstand removal"
  }
  assert {
    condition = alltrue([for service in google_cloud_run_v2_service.this :
      service.template[0].containers[0].resources[0].cpu_idle && service.template[0].containers[0].resources[0].startup_cpu_boost &&
      service.template[0].containers[0].resources[0].limits["cpu"] == "1" && service.template[0].scaling[0].min_instance_count == 0 &&
      service.template[0].scaling[0].max_instance_count == 20 && service.template[0].containers[0].startup_probe[0].http_get[0].path == "/health" &&
    service.template[0].containers[0].ports[0].container_port == 8080 && length(service.template[0].vpc_access) == 0 && service.location == "us-central1"])
    error_message = "a function is larger or smaller than it should be, or is never found healthy"
  }
  assert {
    condition     = google_firestore_database.this.type == "FIRESTORE_NATIVE" && google_firestore_database.this.location_id == "us-central1" && google_firestore_database.this.name == "memorybank" && length(google_firestore_database.this.cmek_config) == 0
    error_message = "the database is of another kind, or elsewhere"
  }
  assert {
    condition     = toset([for service in google_project_service.this : service.service]) == toset([for name in ["aiplatform", "artifactregistry", "cloudscheduler", "cloudtasks", "firestore", "iam", "logging", "monitoring", "run"] : "${name}.googleapis.com"]) && alltrue([for service in google_project_service.this : !service.disable_on_destroy])
    error_message = "an API that the bank needs is not enabled, or destroy would disable one that others use"
  }
  assert {
    condition     = google_cloud_tasks_queue.this.location == "us-central1" && google_cloud_tasks_queue.this.rate_limits[0].max_dispatches_per_second == 500
    error_message = "the queue is elsewhere, or slower than it could be"
  }
  assert {
    condition     = jsonencode(google_cloud_tasks_queue.this.retry_config) == jsonencode([{ max_attempts = 100, max_backoff = "600s", max_doublings = 6, max_retry_duration = "92430s", min_backoff = "10s" }])
    error_message = "the queue's pauses are not those of a day of tries"
  }
  assert {
    condition     = sum(slice(local.pauses, 0, var.max_attempts - 1)) >= 86400 && sum(local.pauses) > sum(slice(local.pauses, 0, var.max_attempts - 1)) + 3600
    error_message = "the worker gives up before a day is over, or the queue before the worker could"
  }
  assert {
    condition     = jsonencode([google_cloud_scheduler_job.sweep.schedule, google_cloud_scheduler_job.sweep.time_zone, google_cloud_scheduler_job.sweep.region, google_cloud_scheduler_job.sweep.attempt_deadline, google_cloud_scheduler_job.sweep.http_target[0].uri, google_cloud_scheduler_job.sweep.http_target[0].http_method, google_cloud_scheduler_job.sweep.http_target[0].oidc_token[0].audience]) == jsonencode(["*/5 * * * *", "Etc/UTC", "us-central1", "60s", "https://memorybank-sweep-123456789012.us-central1.run.app/", "POST", "https://memorybank-sweep-123456789012.us-central1.run.app"])
    error_message = "the sweep is not called every five minutes at its own address"
  }
  assert {
    condition     = google_cloud_scheduler_job.sweep.http_target[0].oidc_token[0].service_account_email == google_service_account.caller["scheduler"].email
    error_message = "the sweep is called as somebody else than its caller"
  }
  assert {
    condition     = { for name, policy in google_monitoring_alert_policy.this : name => one(policy.conditions[0].condition_threshold).threshold_value if length(policy.conditions[0].condition_threshold) > 0 } == { errors = 0.02, latency = 1000, queue = 600000 }
    error_message = "an alert is missing, or comes at another value"
  }
  assert {
    condition     = alltrue(flatten([for policy in google_monitoring_alert_policy.this : [for threshold in policy.conditions[0].condition_threshold : threshold.comparison == "COMPARISON_GT" && threshold.duration == "300s"]]))
    error_message = "an alert comes too late, or when all is well"
  }
  assert {
    condition     = google_monitoring_alert_policy.this["given_up"].conditions[0].condition_matched_log[0].filter == "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"memorybank-worker\" AND jsonPayload.message=\"operation given up\""
    error_message = "operations are given up without an alert"
  }
  assert {
    condition     = google_logging_metric.failed_operations.filter == google_monitoring_alert_policy.this["given_up"].conditions[0].condition_matched_log[0].filter
    error_message = "the dashboard counts something else than the alert"
  }
  assert {
    condition     = google_monitoring_alert_policy.this["sweep"].conditions[0].condition_prometheus_query_language[0].query == "(sum(increase(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"memorybank-sweep\",response_code=\"200\"}[10m])) or vector(0)) < 1" && google_monitoring_alert_policy.this["sweep"].conditions[0].condition_prometheus_query_language[0].duration == "300s" && google_monitoring_alert_policy.this["sweep"].conditions[0].condition_prometheus_query_language[0].disable_metric_validation
    error_message = "a sweep that has not finished for 15 minutes is not noticed"
  }
  assert {
    condition     = !strcontains(jsonencode([for policy in google_monitoring_alert_policy.this : policy.conditions]), "logging.googleapis.com/user")
    error_message = "an alert watches a metric that is unknown right after it was made"
  }
  assert {
    condition     = jsondecode(google_monitoring_dashboard.this.dashboard_json).gridLayout.columns == "2"
    error_message = "the API answers columns as text: a number differs at every plan"
  }
}

run "with_everything_chosen" {
  variables {
    kms_key               = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"
    notification_channels = ["projects/my-project/notificationChannels/1"]
    gemini_api_key_secret = "gemini-key"
    labels                = { team = "agents" }
    budget                = { billing_account = "012345-6789AB-CDEF01", amount = 100 }
    min_instances         = { retrieve = 2 }
    max_instances         = { default = 3, worker = 5 }
    firestore_location    = "eur3"
    embedding_dimension   = 256
    latency_alert_ms      = 250
    sweep_schedule        = "*/2 * * * *"
    max_attempts          = 3
    protect_functions     = false
  }
  assert {
    condition     = one(google_firestore_database.this.cmek_config[*].kms_key_name) == "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k" && google_firestore_database.this.location_id == "eur3"
    error_message = "the database is not encrypted by the key, or elsewhere"
  }
  assert {
    condition     = google_firestore_database.this.deletion_policy == "ABANDON" && google_firestore_database.this.delete_protection_state == "DELETE_PROTECTION_ENABLED"
    error_message = "letting functions go endangers the database"
  }
  assert {
    condition     = alltrue([for service in google_cloud_run_v2_service.this : !service.deletion_protection])
    error_message = "functions cannot be removed"
  }
  assert {
    condition     = alltrue([for policy in google_monitoring_alert_policy.this : policy.notification_channels == tolist(["projects/my-project/notificationChannels/1"])])
    error_message = "an alert reaches nobody"
  }
  assert {
    condition     = google_monitoring_alert_policy.this["latency"].conditions[0].condition_threshold[0].threshold_value == 250
    error_message = "the latency that was chosen raises no alert"
  }
  assert {
    condition     = toset([for member in google_secret_manager_secret_iam_member.key : "${member.secret_id} ${member.role} ${member.member}"]) == toset([for name, function in local.folders : "gemini-key roles/secretmanager.secretAccessor serviceAccount:${google_service_account.function[name].email}" if function.uses.embed || function.uses.generate])
    error_message = "the key can be read by others, or more than read"
  }
  assert {
    condition     = alltrue([for service in google_cloud_run_v2_service.this : alltrue([for env in service.template[0].containers[0].env : env.value_source[0].secret_key_ref[0].secret == "gemini-key" if env.name == "GEMINI_API_KEY"])])
    error_message = "a function is given another secret"
  }
  assert {
    condition     = alltrue([for service in google_cloud_run_v2_service.this : service.labels == tomap({ application = "open-memory-bank", team = "agents" })])
    error_message = "labels are not set"
  }
  assert {
    condition     = google_billing_budget.this[0].billing_account == "012345-6789AB-CDEF01" && google_billing_budget.this[0].budget_filter[0].projects == toset(["projects/123456789012"]) && google_billing_budget.this[0].amount[0].specified_amount[0].units == "100" && [for rule in google_billing_budget.this[0].threshold_rules : rule.threshold_percent] == [0.5, 0.9, 1]
    error_message = "the budget is another project's, or of another amount"
  }
  assert {
    condition     = { for name, service in google_cloud_run_v2_service.this : name => [service.template[0].scaling[0].min_instance_count, service.template[0].scaling[0].max_instance_count] if contains(["retrieve", "worker", "sweep"], name) } == { retrieve = [2, 3], sweep = [0, 3], worker = [0, 5] }
    error_message = "the numbers of instances are not those that were chosen"
  }
  assert {
    condition     = google_cloud_tasks_queue.this.rate_limits[0].max_concurrent_dispatches == 5 * local.folders.worker.concurrency
    error_message = "the queue dispatches more than the worker's instances take"
  }
  assert {
    condition     = google_cloud_tasks_queue.this.retry_config[0].max_attempts == 13 && google_cloud_tasks_queue.this.retry_config[0].max_retry_duration == "4230s"
    error_message = "a task could vanish before the worker has recorded its failure"
  }
  assert {
    condition     = one(values(google_firestore_index.vector)).fields[4].vector_config[0].dimension == 256
    error_message = "the index is for vectors of another length"
  }
  assert {
    condition     = google_cloud_scheduler_job.sweep.schedule == "*/2 * * * *"
    error_message = "the sweep runs when it likes"
  }
  assert {
    condition     = alltrue([for field in google_firestore_field.this : alltrue([for index in one(field.index_config).indexes : index.query_scope == "COLLECTION_GROUP" && index.order == "ASCENDING"])])
    error_message = "the sweep's queries have no index"
  }
  assert {
    condition     = { for key, index in google_firestore_index.composite : key => index.query_scope } == { for key, index in local.composite : key => try(index.group, false) ? "COLLECTION_GROUP" : "COLLECTION" }
    error_message = "an index is of another scope than its queries"
  }
}

run "a_test_stack_leaves_nothing_behind" {
  command = plan
  variables {
    protect_database       = false
    point_in_time_recovery = false
  }
  assert {
    condition     = google_firestore_database.this.deletion_policy == "DELETE" && google_firestore_database.this.delete_protection_state == "DELETE_PROTECTION_DISABLED" && google_firestore_database.this.point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_DISABLED"
    error_message = "the database outlives its stack"
  }
  assert {
    condition     = alltrue([for service in google_cloud_run_v2_service.this : service.deletion_protection])
    error_message = "letting the database go also takes protection from the functions"
  }
}

run "more_instances_than_the_quota_allows_are_told" {
  command = plan
  variables {
    max_instances = { default = 20, retrieve = 21 }
  }
  expect_failures = [check.instances_fit_the_quota]
}

run "unless_the_quota_was_raised" {
  command = plan
  variables {
    max_instances = { default = 20, retrieve = 21 }
    cpu_quota     = 21
  }
}
