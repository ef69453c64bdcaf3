ALTER TABLE "events" ADD COLUMN "trace" text;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "trace" text;