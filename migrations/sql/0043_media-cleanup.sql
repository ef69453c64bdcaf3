ALTER TABLE "workspaces" ADD COLUMN "next_cleanup_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "media_session" ON "media" USING btree ("session_id","created_at");--> statement-breakpoint
CREATE INDEX "media_expiring" ON "media" USING btree ("expires_at") WHERE "media"."expires_at" is not null;--> statement-breakpoint
CREATE INDEX "messages_media" ON "messages" USING btree ("media_id") WHERE "messages"."media_id" is not null;