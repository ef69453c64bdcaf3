ALTER TABLE "webhook_endpoints" ALTER COLUMN "slots" DROP DEFAULT;--> statement-breakpoint
-- Calls that are under way lose their slot; what they claimed stays theirs.
ALTER TABLE "webhook_endpoints" ALTER COLUMN "slots" SET DATA TYPE jsonb USING '{}'::jsonb;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ALTER COLUMN "slots" SET DEFAULT '{}'::jsonb;
