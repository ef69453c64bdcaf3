ALTER TABLE "webhook_endpoints" ADD COLUMN "failures" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD COLUMN "failing_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD COLUMN "disabled_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD COLUMN "unannounced" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "webhook_endpoints_unannounced" ON "webhook_endpoints" USING btree ("disabled_at") WHERE "webhook_endpoints"."unannounced";--> statement-breakpoint
UPDATE "webhook_endpoints" SET "disabled_at" = "updated_at" WHERE NOT "is_active";