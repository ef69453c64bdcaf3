ALTER TABLE "messages" ADD COLUMN "first_contact_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "first_contacts_per_hour" integer;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "first_contacts_per_day" integer;--> statement-breakpoint
CREATE INDEX "messages_chat" ON "messages" USING btree ("session_id","chat_id");--> statement-breakpoint
CREATE INDEX "messages_first_contacts" ON "messages" USING btree ("session_id","first_contact_at") WHERE "messages"."first_contact_at" is not null;--> statement-breakpoint
UPDATE "messages" m SET "first_contact_at" = greatest(m."created_at", m."send_at")
WHERE m."direction" = 'outbound' AND m."written_on" IS NULL AND m."status" <> 'failed' AND m."chat_id" ~ '@(c[.]us|lid)$'
  AND m."created_at" > now() - interval '30 days' AND NOT EXISTS (
    SELECT FROM "messages" said WHERE said."session_id" = m."session_id" AND said."chat_id" = m."chat_id"
      AND (said."created_at", said."id") < (m."created_at", m."id") AND (said."direction" = 'inbound' OR said."status" <> 'failed')
  );
