CREATE TABLE "media_reconciliation" (
	"id" text PRIMARY KEY NOT NULL,
	"after" text NOT NULL
);
--> statement-breakpoint
CREATE INDEX "media_object" ON "media" USING btree ("object_key" collate "C");