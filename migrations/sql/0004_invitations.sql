DROP INDEX "invitations_workspace_email";--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_workspace_email" ON "invitations" USING btree ("workspace_id","email");--> statement-breakpoint
ALTER TABLE "invitations" DROP COLUMN "accepted_at";