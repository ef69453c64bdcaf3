ALTER TABLE "session_credentials" RENAME COLUMN "format" TO "seal";--> statement-breakpoint
ALTER TABLE "session_credentials" RENAME COLUMN "chromium_major" TO "format_version";--> statement-breakpoint
ALTER TABLE "session_credentials" ADD COLUMN "format" text DEFAULT 'chromium-profile' NOT NULL;--> statement-breakpoint
ALTER TABLE "session_credentials" ALTER COLUMN "format" DROP DEFAULT;--> statement-breakpoint
UPDATE "session_credentials" SET "pre_upgrade" = 'format' WHERE "pre_upgrade" = 'chromium';