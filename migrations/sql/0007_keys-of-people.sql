ALTER TABLE "api_keys" ADD COLUMN "user_id" text;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
WITH RECURSIVE "chain" ("id", "maker") AS (
  SELECT "id", "created_by" FROM "api_keys"
  UNION ALL
  SELECT "chain"."id", "k"."created_by" FROM "chain" JOIN "api_keys" "k" ON "k"."id" = "chain"."maker"
)
UPDATE "api_keys" SET "user_id" = "chain"."maker" FROM "chain"
WHERE "chain"."id" = "api_keys"."id" AND "chain"."maker" IN (SELECT "id" FROM "users");
