ALTER TABLE "webhook_endpoints" ADD COLUMN "retry_delays" integer[] DEFAULT '{5,300,1800,7200,18000,36000,50400}' NOT NULL;--> statement-breakpoint
UPDATE "webhook_endpoints" SET "retry_delays" = ('{5,300,1800,7200,18000,36000,50400,72000,72000}'::integer[])[1:"max_attempts" - 1] WHERE "max_attempts" <> 8;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" DROP COLUMN "max_attempts";