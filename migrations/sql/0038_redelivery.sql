ALTER TABLE "attempts" ADD COLUMN "request_headers" jsonb;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "attempts_before" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "deliveries_failed" ON "deliveries" USING btree ("endpoint_id","created_at","id") WHERE "deliveries"."status" = 'failed';