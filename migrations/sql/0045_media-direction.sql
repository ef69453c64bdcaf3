DROP INDEX "media_workspace";--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "direction" text DEFAULT 'inbound' NOT NULL;--> statement-breakpoint
CREATE INDEX "media_workspace" ON "media" USING btree ("workspace_id","created_at","id");--> statement-breakpoint
UPDATE "media" SET "direction" = 'outbound' WHERE "session_id" IS NULL OR (
	EXISTS (SELECT 1 FROM "messages" WHERE "messages"."media_id" = "media"."id" AND "messages"."direction" = 'outbound' AND "messages"."written_on" IS NULL)
	AND NOT EXISTS (SELECT 1 FROM "messages" WHERE "messages"."media_id" = "media"."id" AND "messages"."direction" = 'inbound')
);
