DROP INDEX "messages_waiting";--> statement-breakpoint
CREATE INDEX "messages_waiting_alone" ON "messages" USING btree ("session_id") WHERE "messages"."status" in ('queued', 'sending') and "messages"."bulk_id" is null;--> statement-breakpoint
CREATE INDEX "messages_waiting" ON "messages" USING btree ("session_id","queue_seq") WHERE "messages"."status" in ('queued', 'sending');