ALTER TABLE "person_ids" ADD COLUMN "username" text;--> statement-breakpoint
ALTER TABLE "person_ids" ADD COLUMN "name" text;