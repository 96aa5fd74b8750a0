# Every wrong input is refused before anything is planned, by its own variable.

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

run "a_tag_is_no_digest" {
  command = plan
  variables {
    image = "us-docker.pkg.dev/p/r/memorybank:latest"
  }
  expect_failures = [var.image]
}

run "nobody_means_everybody" {
  command = plan
  variables {
    invokers = ["allUsers"]
  }
  expect_failures = [var.invokers]
}

run "nor_everybody_with_an_account" {
  command = plan
  variables {
    invokers = ["group:team@example.com", "allAuthenticatedUsers"]
  }
  expect_failures = [var.invokers]
}

run "a_member_has_a_kind" {
  command = plan
  variables {
    invokers = ["agent@my-project.iam.gserviceaccount.com"]
  }
  expect_failures = [var.invokers]
}

run "nor_a_principal_which_has_no_id_token" {
  command = plan
  variables {
    invokers = ["principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/s"]
  }
  expect_failures = [var.invokers]
}

run "nor_a_set_of_them" {
  command = plan
  variables {
    invokers = ["principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/group/g"]
  }
  expect_failures = [var.invokers]
}

run "a_quota_is_positive" {
  command = plan
  variables {
    cpu_quota = 0
  }
  expect_failures = [var.cpu_quota]
}

run "a_project_number_is_no_id" {
  command = plan
  variables {
    project_id = "123456789012"
  }
  expect_failures = [var.project_id]
}

run "a_name_must_leave_room_for_the_functions" {
  command = plan
  variables {
    name = "a-name-that-is-too-long"
  }
  expect_failures = [var.name]
}

run "a_name_begins_with_a_letter" {
  command = plan
  variables {
    name = "1bank"
  }
  expect_failures = [var.name]
}

run "a_zone_is_no_region" {
  command = plan
  variables {
    region = "us-central1-a"
  }
  expect_failures = [var.region]
}

run "a_database_has_a_proper_name" {
  command = plan
  variables {
    database = "My_DB"
  }
  expect_failures = [var.database]
}

run "a_multi_region_is_written_as_firestore_does" {
  command = plan
  variables {
    firestore_location = "eu"
  }
  expect_failures = [var.firestore_location]
}

run "a_vector_has_at_most_2048_numbers" {
  command = plan
  variables {
    embedding_dimension = 3072
  }
  expect_failures = [var.embedding_dimension]
}

run "a_vector_has_whole_numbers" {
  command = plan
  variables {
    embedding_dimension = 12.5
  }
  expect_failures = [var.embedding_dimension]
}

run "models_are_known" {
  command = plan
  variables {
    models = "gpt"
  }
  expect_failures = [var.models]
}

run "a_secret_is_named_not_pasted" {
  command = plan
  variables {
    gemini_api_key_secret = "AIza not a name"
  }
  expect_failures = [var.gemini_api_key_secret]
}

run "a_provider_is_one_that_exists" {
  command = plan
  variables {
    models = "claude"
  }
  expect_failures = [var.models]
}

run "gemini_and_openai_do_not_mix" {
  command = plan
  variables {
    embeddings            = "openai"
    embedding_model       = "vectors"
    openai_api_key_secret = "openai-key"
  }
  expect_failures = [var.embeddings]
}

run "a_server_is_reached_by_https_and_has_no_key_in_its_address" {
  command = plan
  variables {
    models           = "openai"
    model_url        = "https://me:key@models.example.com/v1"
    generation_model = "m"
    embedding_model  = "v"
  }
  expect_failures = [var.model_url]
}

run "openai_itself_needs_a_key_and_the_names_of_models" {
  command = plan
  variables {
    models = "openai"
  }
  expect_failures = [var.openai_api_key_secret, var.generation_model, var.embedding_model]
}

run "a_key_of_openai_is_not_for_gemini" {
  command = plan
  variables {
    openai_api_key_secret = "openai-key"
  }
  expect_failures = [var.openai_api_key_secret]
}

run "a_deleted_memory_is_kept_for_hours" {
  command = plan
  variables {
    deleted_retention_hours = 0
  }
  expect_failures = [var.deleted_retention_hours]
}

run "for_whole_hours" {
  command = plan
  variables {
    deleted_retention_hours = 1.5
  }
  expect_failures = [var.deleted_retention_hours]
}

run "a_limit_of_tokens_is_positive" {
  command = plan
  variables {
    max_tokens_per_operation = 0
  }
  expect_failures = [var.max_tokens_per_operation]
}

run "a_domain_is_no_url" {
  command = plan
  variables {
    domain = "https://memory.example.com/"
  }
  expect_failures = [var.domain]
}

run "a_rate_is_positive" {
  command = plan
  variables {
    requests_per_minute = 0
  }
  expect_failures = [var.requests_per_minute]
}

run "backups_end_after_98_days" {
  command = plan
  variables {
    backup_retention_days = 365
  }
  expect_failures = [var.backup_retention_days]
}

run "a_default_of_instances_is_needed" {
  command = plan
  variables {
    max_instances = { worker = 5 }
  }
  expect_failures = [var.max_instances]
}

run "no_function_has_zero_instances" {
  command = plan
  variables {
    max_instances = { default = 0 }
  }
  expect_failures = [var.max_instances]
}

run "warm_instances_are_counted_from_zero" {
  command = plan
  variables {
    min_instances = { retrieve = -1 }
  }
  expect_failures = [var.min_instances]
}

run "attempts_have_an_end" {
  command = plan
  variables {
    max_attempts = 1001
  }
  expect_failures = [var.max_attempts]
}

run "cron_has_five_fields" {
  command = plan
  variables {
    sweep_schedule = "every 5 minutes"
  }
  expect_failures = [var.sweep_schedule]
}

run "a_key_has_no_version" {
  command = plan
  variables {
    kms_key = "projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"
  }
  expect_failures = [var.kms_key]
}

run "rules_are_yaml" {
  command = plan
  variables {
    access_rules = "- [unclosed"
  }
  expect_failures = [var.access_rules]
}

run "log_levels_are_known" {
  command = plan
  variables {
    log_level = "TRACE"
  }
  expect_failures = [var.log_level]
}

run "a_budget_names_a_billing_account" {
  command = plan
  variables {
    budget = { billing_account = "mine", amount = 100 }
  }
  expect_failures = [var.budget]
}

run "labels_are_lower_case" {
  command = plan
  variables {
    labels = { Team = "a" }
  }
  expect_failures = [var.labels]
}

run "models_of_ones_own_have_ids" {
  command = plan
  variables {
    generation_model = "gemini 2.5"
    embedding_model  = ""
  }
  expect_failures = [var.generation_model, var.embedding_model]
}

run "a_model_location_is_no_zone" {
  command = plan
  variables {
    model_location = "us-central1-b"
  }
  expect_failures = [var.model_location]
}

run "a_network_has_a_subnetwork" {
  command = plan
  variables {
    network = { network = "n", subnetwork = "" }
  }
  expect_failures = [var.network]
}

run "a_channel_is_no_address" {
  command = plan
  variables {
    notification_channels = ["ops@example.com"]
  }
  expect_failures = [var.notification_channels]
}

run "a_latency_is_positive" {
  command = plan
  variables {
    latency_alert_ms = 0
  }
  expect_failures = [var.latency_alert_ms]
}
