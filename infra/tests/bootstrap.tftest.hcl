# What a person applies first: who may build, who may only plan, and buckets that are closed.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  project_id = "my-project"
  region     = "europe-west1"
}

run "the_build_and_the_plan_have_exactly_their_roles" {
  module {
    source = "./bootstrap"
  }
  assert {
    condition = toset([for member in google_project_iam_member.build : "${member.project} ${member.role}"]) == toset([for role in [
      "artifactregistry.writer", "cloudscheduler.admin", "cloudtasks.admin", "compute.loadBalancerAdmin", "compute.securityAdmin", "datastore.owner",
      "iam.serviceAccountAdmin", "iam.serviceAccountUser", "logging.configWriter", "logging.logWriter", "monitoring.editor",
      "resourcemanager.projectIamAdmin", "run.admin", "serviceusage.serviceUsageAdmin",
    ] : "my-project roles/${role}"])
    error_message = "the build's account has other roles than what it rolls out needs"
  }
  assert {
    condition     = toset([for member in google_project_iam_member.build : member.member]) == toset(["serviceAccount:${google_service_account.this["build"].email}"])
    error_message = "somebody else than the build may roll out"
  }
  assert {
    condition     = toset([for member in google_project_iam_member.plan : "${member.role} ${member.member}"]) == toset([for role in ["projects/my-project/roles/memorybank_plan", "roles/logging.logWriter"] : "${role} serviceAccount:${google_service_account.this["plan"].email}"])
    error_message = "the plan's account has other roles, or somebody else has them"
  }
  assert {
    condition     = alltrue([for permission in google_project_iam_custom_role.plan.permissions : can(regex("^[a-zA-Z]+\\.[a-zA-Z]+\\.(get|list|getMetadata|getIamPolicy)$", permission))])
    error_message = "a plan may change something"
  }
  assert {
    condition     = alltrue([for permission in google_project_iam_custom_role.plan.permissions : !can(regex("^(datastore\\.entities|secretmanager\\.versions|storage|logging\\.logEntries|iam\\.serviceAccountKeys)", permission))])
    error_message = "a plan may read what is stored"
  }
  assert {
    condition = toset([for member in google_storage_bucket_iam_member.state : "${member.bucket} ${member.role} ${member.member}"]) == toset([
      "my-project-memorybank-state roles/storage.objectAdmin serviceAccount:${google_service_account.this["build"].email}",
      "my-project-memorybank-state roles/storage.objectViewer serviceAccount:${google_service_account.this["plan"].email}",
    ])
    error_message = "somebody else may read or write the state"
  }
  assert {
    condition     = "${google_storage_bucket_iam_member.source.bucket} ${google_storage_bucket_iam_member.source.role} ${google_storage_bucket_iam_member.source.member}" == "my-project-memorybank-source roles/storage.objectViewer serviceAccount:${google_service_account.this["build"].email}"
    error_message = "the build cannot read what `gcloud builds submit` uploads, or somebody else can"
  }
  assert {
    condition     = google_service_account_iam_member.own_tokens.role == "roles/iam.serviceAccountOpenIdTokenCreator" && google_service_account_iam_member.own_tokens.service_account_id == google_service_account.this["build"].name && google_service_account_iam_member.own_tokens.member == "serviceAccount:${google_service_account.this["build"].email}"
    error_message = "the build gets no ID token for its smoke test, or more than that"
  }
  assert {
    condition     = "${google_artifact_registry_repository_iam_member.plan.repository} ${google_artifact_registry_repository_iam_member.plan.role} ${google_artifact_registry_repository_iam_member.plan.member}" == "${google_artifact_registry_repository.this["plan"].name} roles/artifactregistry.writer serviceAccount:${google_service_account.this["plan"].email}"
    error_message = "a pull request can push where images are deployed from, or not at all"
  }
  assert {
    condition     = { for name, account in google_service_account.this : name => account.account_id } == { build = "memorybank-build", plan = "memorybank-plan" }
    error_message = "an account has another name than cloudbuild.yaml expects"
  }
  assert {
    condition     = length(google_secret_manager_secret_iam_member.build) == 0 && length(google_kms_crypto_key_iam_member.firestore) == 0
    error_message = "rights on a secret or a key that nobody named"
  }
}

run "buckets_are_closed_and_the_state_has_versions" {
  module {
    source = "./bootstrap"
  }
  assert {
    condition     = alltrue([for bucket in [google_storage_bucket.state, google_storage_bucket.source] : bucket.uniform_bucket_level_access && bucket.public_access_prevention == "enforced" && bucket.location == "europe-west1"])
    error_message = "a bucket can be opened to the public, or is elsewhere"
  }
  assert {
    condition     = google_storage_bucket.state.versioning[0].enabled && !google_storage_bucket.state.force_destroy
    error_message = "the state can be lost"
  }
  assert {
    condition     = one(google_storage_bucket.state.lifecycle_rule).condition[*].num_newer_versions == tolist([50]) && one(google_storage_bucket.source.lifecycle_rule).condition[*].age == tolist([7])
    error_message = "states go too early, or sources stay"
  }
  assert {
    condition     = { for name, repository in google_artifact_registry_repository.this : repository.repository_id => one([for policy in repository.cleanup_policies : policy.most_recent_versions[0].keep_count if policy.action == "KEEP"]) } == { memorybank = 20, memorybank-plan = 1 }
    error_message = "images to go back to are thrown away, or those of pull requests are kept"
  }
  assert {
    condition     = toset([for service in google_project_service.this : service.service]) == toset([for name in ["artifactregistry", "cloudbuild", "cloudresourcemanager", "containeranalysis", "iam", "iamcredentials", "serviceusage", "storage"] : "${name}.googleapis.com"]) && alltrue([for service in google_project_service.this : !service.disable_on_destroy])
    error_message = "an API that builds need is not enabled, or destroy would disable one that others use"
  }
}

run "a_secret_and_a_key_that_the_bank_uses_are_prepared" {
  module {
    source = "./bootstrap"
  }
  variables {
    gemini_api_key_secret = "gemini-key"
    openai_api_key_secret = "openai-key"
    kms_key               = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"
    protect_state         = false
  }
  assert {
    condition     = toset([for member in google_secret_manager_secret_iam_member.build : "${member.secret_id} ${member.role} ${member.member}"]) == toset([for key in ["gemini-key", "openai-key"] : "${key} projects/my-project/roles/memorybank_secret serviceAccount:${google_service_account.this["build"].email}"])
    error_message = "the build cannot let functions read the key, or may do more than that"
  }
  assert {
    condition     = google_project_iam_custom_role.secret.permissions == toset(["secretmanager.secrets.getIamPolicy", "secretmanager.secrets.setIamPolicy"])
    error_message = "the build may read, replace or delete the key"
  }
  assert {
    condition     = toset(keys(google_secret_manager_secret_iam_member.build)) == toset(["gemini", "openai"])
    error_message = "the grants have other addresses than those that the moved block names"
  }
  assert {
    condition     = "${google_kms_crypto_key_iam_member.firestore[0].crypto_key_id} ${google_kms_crypto_key_iam_member.firestore[0].role} ${google_kms_crypto_key_iam_member.firestore[0].member}" == "${var.kms_key} roles/cloudkms.cryptoKeyEncrypterDecrypter serviceAccount:service-123456789012@gcp-sa-firestore.iam.gserviceaccount.com"
    error_message = "Firestore may not use the key, or somebody else may"
  }
  assert {
    condition     = google_storage_bucket.state.force_destroy
    error_message = "destroy fails on the bucket although its protection is off"
  }
}
