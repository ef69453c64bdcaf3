ALTER TABLE "messages" ADD COLUMN "reactions" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "starred" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "pinned_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "edited_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "revoked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "deleted_at" timestamp (3) with time zone;
--> statement-breakpoint
UPDATE "messages" SET
  "edited_at" = to_timestamp(("content" ->> 'editedAt')::bigint / 1000.0),
  "revoked_at" = to_timestamp(("content" ->> 'revokedAt')::bigint / 1000.0),
  "content" = "content" - 'editedAt' - 'revokedAt'
WHERE "content" ? 'editedAt' OR "content" ? 'revokedAt';
