UPDATE "api_keys" SET "revoked_at" = now()
WHERE "revoked_at" IS NULL AND "user_id" IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM "members" WHERE "members"."workspace_id" = "api_keys"."workspace_id" AND "members"."user_id" = "api_keys"."user_id"
);
