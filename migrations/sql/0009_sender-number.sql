ALTER TABLE "messages" ADD COLUMN "sender_number" text;--> statement-breakpoint
UPDATE "messages" SET "sender_number" = "sessions"."phone_number" FROM "sessions" WHERE "sessions"."id" = "messages"."session_id" AND "messages"."direction" = 'outbound' AND "messages"."status" IN ('queued', 'sending');
