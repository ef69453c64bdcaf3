CREATE TABLE "cron_rounds" (
	"name" text PRIMARY KEY NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "runners" ADD COLUMN "version" text;