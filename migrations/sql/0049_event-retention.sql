ALTER TABLE "workspaces" ADD COLUMN "events_pruned_to" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "events_created" ON "events" USING btree ("created_at");