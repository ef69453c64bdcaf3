UPDATE "users" SET "email_verified" = false
WHERE "email_verified" AND EXISTS (
  SELECT 1 FROM "auth_accounts" WHERE "auth_accounts"."user_id" = "users"."id" AND "auth_accounts"."provider_id" = 'supabase'
) AND NOT EXISTS (
  SELECT 1 FROM "auth_accounts" WHERE "auth_accounts"."user_id" = "users"."id" AND "auth_accounts"."provider_id" <> 'supabase'
);
