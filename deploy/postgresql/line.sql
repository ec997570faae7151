-- What the phone line may do in the letters' database, where that is PostgreSQL and the line comes there under a role of its own.
-- As the owner of the letters' database, after `intake migrate` (and again after every upgrade):
--     createuser heard_line
--     psql --single-transaction --file line.sql heard
-- Checked by tests/deploy/test_roles.py, which lets the line's own code work under it.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM heard_line;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO heard_line;

-- A caller who rings back has read to them what their words open: so sealed letters can be read here, by digest and locator. What
-- no call needs, the line cannot: carry letters, confirm them, say that a hold is in force or over, or end that a restore is waited for.
GRANT SELECT ON alembic_version, threads, letters, envelopes, erasures, holds, conditions TO heard_line;
GRANT INSERT ON threads, letters, envelopes, erasures TO heard_line;
GRANT UPDATE ON threads TO heard_line;
GRANT UPDATE (erased) ON letters TO heard_line;
GRANT DELETE ON letters, envelopes TO heard_line;
GRANT SELECT (id), UPDATE (filling) ON probes TO heard_line;

-- A closing is entered in its log, and its place there in `conditions`: that row, and no other, is the line's to write.
ALTER TABLE conditions ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS line_reads ON conditions;
DROP POLICY IF EXISTS line_writes ON conditions;
CREATE POLICY line_reads ON conditions FOR SELECT TO heard_line USING (true);
CREATE POLICY line_writes ON conditions FOR ALL TO heard_line USING (name = 'changes') WITH CHECK (name = 'changes');
GRANT INSERT, DELETE ON conditions TO heard_line;

-- Records of danger go in and never come out again.
GRANT INSERT ON dangers TO heard_line;
