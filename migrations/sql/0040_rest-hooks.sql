ALTER TABLE "webhook_endpoints" ADD COLUMN "hook_key" text;--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_endpoints_hook" ON "webhook_endpoints" USING btree ("workspace_id","hook_key");