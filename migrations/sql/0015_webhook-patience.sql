ALTER TABLE "webhook_endpoints" ADD COLUMN "timeouts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD COLUMN "full_time_again_at" timestamp (3) with time zone;