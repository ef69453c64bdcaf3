ALTER TABLE "sessions" ADD COLUMN "compat" jsonb DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD COLUMN "compat" jsonb;