CREATE TABLE "opt_outs" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"person_id" text NOT NULL,
	"lid" text,
	"source" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "stop_words" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "opt_outs" ADD CONSTRAINT "opt_outs_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "opt_outs_person" ON "opt_outs" USING btree ("workspace_id","person_id");--> statement-breakpoint
CREATE INDEX "opt_outs_lid" ON "opt_outs" USING btree ("workspace_id","lid") WHERE "opt_outs"."lid" is not null;--> statement-breakpoint
CREATE INDEX "opt_outs_created" ON "opt_outs" USING btree ("workspace_id","created_at","id");