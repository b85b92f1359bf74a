-- A member may show a picture of himself: the address of it as it was drawn
-- anew (sql/engine, files), '' when there is none.

ALTER TABLE members
    ADD COLUMN picture VARCHAR(100) NOT NULL DEFAULT '';
