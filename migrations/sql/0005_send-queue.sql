ALTER TABLE "messages" ADD COLUMN "send_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "attempts" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "stalled_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "messages_scheduled" ON "messages" USING btree ("send_at") WHERE "messages"."status" = 'queued' and "messages"."queue_seq" is null;--> statement-breakpoint
CREATE INDEX "messages_undelivered" ON "messages" USING btree ("sent_at") WHERE "messages"."status" = 'sent' and "messages"."stalled_at" is null;