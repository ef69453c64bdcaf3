ALTER TABLE "sessions" ADD COLUMN "reject_calls" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "reject_call_text" text;