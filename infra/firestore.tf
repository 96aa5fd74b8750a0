# The database, and every index and field setting of firestore_indexes.yaml.

locals {
  firestore = yamldecode(file("${path.module}/firestore_indexes.yaml"))
  composite = {
    for index in local.firestore.composite :
    join("-", concat([index.collection], [for field in index.fields : "${field.field}-${lower(field.order)}"])) => index
  }
  vector   = { for index in local.firestore.vector : "${index.collection}-${index.field}" => index }
  settings = { for setting in local.firestore.fields : "${setting.collection}-${setting.field}" => setting }
}

resource "google_firestore_database" "this" {
  project                           = var.project_id
  name                              = var.database
  location_id                       = coalesce(var.firestore_location, var.region)
  type                              = "FIRESTORE_NATIVE"
  delete_protection_state           = var.protect_database ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy                   = var.protect_database ? "ABANDON" : "DELETE"
  point_in_time_recovery_enablement = var.point_in_time_recovery ? "POINT_IN_TIME_RECOVERY_ENABLED" : "POINT_IN_TIME_RECOVERY_DISABLED"

  dynamic "cmek_config" {
    for_each = var.kms_key[*]
    content {
      kms_key_name = cmek_config.value
    }
  }
  depends_on = [google_project_service.this]
}

resource "google_firestore_backup_schedule" "daily" {
  count     = var.backup_retention_days > 0 ? 1 : 0
  project   = var.project_id
  database  = google_firestore_database.this.name
  retention = "${var.backup_retention_days * 86400}s"
  daily_recurrence {}
}

resource "google_firestore_index" "composite" {
  for_each    = local.composite
  project     = var.project_id
  database    = google_firestore_database.this.name
  collection  = each.value.collection
  query_scope = try(each.value.group, false) ? "COLLECTION_GROUP" : "COLLECTION"

  dynamic "fields" {
    for_each = each.value.fields
    content {
      field_path = fields.value.field
      order      = fields.value.order
    }
  }
}

# The vector comes last and __name__ before it, or every plan shows a difference.
resource "google_firestore_index" "vector" {
  for_each    = local.vector
  project     = var.project_id
  database    = google_firestore_database.this.name
  collection  = each.value.collection
  query_scope = "COLLECTION"

  dynamic "fields" {
    for_each = concat(each.value.equality, ["__name__"])
    content {
      field_path = fields.value
      order      = "ASCENDING"
    }
  }
  fields {
    field_path = each.value.field
    vector_config {
      dimension = var.embedding_dimension
      flat {}
    }
  }
}

# One resource per field carries both its index and its TTL: two for one field would undo each other.
resource "google_firestore_field" "this" {
  for_each   = local.settings
  project    = var.project_id
  database   = google_firestore_database.this.name
  collection = each.value.collection
  field      = each.value.field

  index_config {
    dynamic "indexes" {
      for_each = try(each.value.group, false) ? ["COLLECTION_GROUP"] : []
      content {
        order       = "ASCENDING"
        query_scope = indexes.value
      }
    }
  }
  dynamic "ttl_config" {
    for_each = try(each.value.ttl, false) ? [1] : []
    content {}
  }
}
