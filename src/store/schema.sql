-- The book of stampd, version 1.
--
-- Times are Unix milliseconds, UTC. Amounts are whole stamps or points, money whole minor units.
-- Facts (transfer, audit, scan) are append-only, held so by triggers. What a stamp touches is kept
-- narrow: history clusters by card, the balance stands in the card's own row. Its CHECKs say OR where
-- others say IN: for an IN of three or more SQLite makes an index, and anew for each row.

-- ---------------------------------------------------------------- people

CREATE TABLE member (
    id           INTEGER PRIMARY KEY,
    language     TEXT    NOT NULL CHECK (language IN ('ja', 'en', 'zh-Hant', 'th')),
    is_friend    INTEGER NOT NULL DEFAULT 0 CHECK (is_friend IN (0, 1)), -- has not blocked our account
    friend_at_ms INTEGER NOT NULL DEFAULT 0,  -- event time of the newest follow or unfollow applied
    joined_ms    INTEGER NOT NULL,
    agreed       INTEGER NOT NULL DEFAULT 0,  -- newest version of the terms agreed to; 0: none yet
    warned_ms    INTEGER NOT NULL DEFAULT 0,  -- when they were told that they will be forgotten; 0: never
    seen_ms      INTEGER NOT NULL DEFAULT 0,  -- when LINE last proved that they were here, to the day
    is_back      INTEGER NOT NULL DEFAULT 0 CHECK (is_back IN (0, 1)), -- left not long before: no second welcome
    erased_ms    INTEGER,                     -- since then a number without a person; NULL: a member
    erased_why   TEXT    CHECK (erased_why IN ('left', 'unfollowed', 'dormant')),
    is_guest     INTEGER NOT NULL DEFAULT 0 CHECK (is_guest IN (0, 1)), -- a browser's, before anybody signed in
    merged_into  INTEGER REFERENCES member (id), -- closed: that member has everything now
    CHECK ((erased_ms IS NULL) = (erased_why IS NULL))
) STRICT;
CREATE INDEX member_guest ON member (joined_ms) WHERE is_guest = 1 AND erased_ms IS NULL AND merged_into IS NULL;
CREATE INDEX member_merged ON member (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX member_erased ON member (erased_ms) WHERE erased_ms IS NOT NULL;

-- Who a member is on LINE, sealed with a key of the member's own: without the row nobody is known.
CREATE TABLE identity (
    member_id  INTEGER PRIMARY KEY REFERENCES member (id),
    line_index BLOB NOT NULL UNIQUE CHECK (length(line_index) = 16), -- keyed HMAC of the LINE user id
    line_id    BLOB NOT NULL,                                        -- sealed by the member's key
    name       BLOB,                                                 -- sealed; NULL: LINE gave none
    picture    BLOB                                                  -- sealed URL at LINE; NULL: none
) STRICT;

-- The members' own keys. Destroying one must leave no copy, and SQLite leaves some of what it moves to another
-- page behind; rows of one size that are only added at the end, and never changed, are not moved.
CREATE TABLE member_key (
    member_id INTEGER PRIMARY KEY REFERENCES member (id),
    wrapped   BLOB NOT NULL CHECK (length(wrapped) = 60) -- 32 random bytes, sealed by the root
) STRICT;

-- Who left not long ago, as a keyed hash: a gift of welcome is given once.
CREATE TABLE departed (
    hash     BLOB    PRIMARY KEY CHECK (length(hash) = 16),
    until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What members agree to, in one or more languages. A text never changes: who agreed, agreed to it.
CREATE TABLE terms (
    id       INTEGER PRIMARY KEY,
    version  INTEGER NOT NULL CHECK (version > 0),
    language TEXT    NOT NULL CHECK (language IN ('ja', 'en', 'zh-Hant', 'th')),
    from_ms  INTEGER NOT NULL,                 -- in force from then on, until a greater version is
    text     TEXT    NOT NULL CHECK (length(text) BETWEEN 1 AND 32768),
    UNIQUE (version, language)
) STRICT;
CREATE TRIGGER terms_are_final_u BEFORE UPDATE ON terms
BEGIN SELECT RAISE(ABORT, 'terms are never changed'); END;
CREATE TRIGGER terms_are_final_d BEFORE DELETE ON terms
BEGIN SELECT RAISE(ABORT, 'terms are never removed'); END;

CREATE TABLE consent (
    member_id INTEGER NOT NULL REFERENCES member (id),
    version   INTEGER NOT NULL,                -- of the terms; the newest also stands with the member
    at_ms     INTEGER NOT NULL,
    PRIMARY KEY (member_id, version)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- shops, tills, staff

CREATE TABLE shop (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    linear     TEXT    CHECK (linear IN ('code128', 'jan13', 'number')), -- for cards that last earned here; NULL: the plan's
    latitude   INTEGER CHECK (latitude BETWEEN -90000000 AND 90000000), -- millionths of a degree; NULL: not said
    longitude  INTEGER CHECK (longitude BETWEEN -180000000 AND 180000000),
    created_ms INTEGER NOT NULL,
    CHECK ((latitude IS NULL) = (longitude IS NULL))
) STRICT;
CREATE INDEX shop_linear ON shop (linear) WHERE linear IS NOT NULL;

CREATE TABLE till (
    id              INTEGER PRIMARY KEY,
    shop_id         INTEGER NOT NULL REFERENCES shop (id),
    name            TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    state           TEXT    NOT NULL CHECK (state IN ('waiting', 'enrolled', 'revoked')),
    enrol_hash      BLOB    UNIQUE,            -- keyed HMAC of the one-time code while waiting
    enrol_until_ms  INTEGER NOT NULL,
    created_ms      INTEGER NOT NULL,
    enrolled_ms     INTEGER,
    revoked_ms      INTEGER,                   -- since when nobody serves there; NULL: it is not revoked
    UNIQUE (shop_id, name),
    CHECK ((state = 'waiting') = (enrol_hash IS NOT NULL)),
    CHECK ((state = 'revoked') = (revoked_ms IS NOT NULL))
) STRICT;

CREATE TABLE staff (
    id         INTEGER PRIMARY KEY,
    shop_id    INTEGER REFERENCES shop (id),   -- NULL: every shop
    name       TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    role       INTEGER NOT NULL CHECK (role BETWEEN 1 AND 3), -- 1 cashier, 2 manager, 3 owner
    pin_hash   TEXT,                           -- crypt(5) yescrypt; NULL: does not work at tills
    member_id  INTEGER UNIQUE REFERENCES member (id), -- own LINE account, once declared
    is_active  INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    created_ms INTEGER NOT NULL,
    ended_ms   INTEGER,                        -- since when they serve nobody; NULL: they do
    UNIQUE (shop_id, name),
    CHECK ((is_active = 0) = (ended_ms IS NOT NULL))
) STRICT;

-- When staff and tills were away that came back: nobody served there then. Times of the book.
CREATE TABLE absence (
    who      TEXT    NOT NULL CHECK (who IN ('staff', 'till')),
    id       INTEGER NOT NULL,
    from_ms  INTEGER NOT NULL,
    until_ms INTEGER NOT NULL CHECK (until_ms >= from_ms),
    PRIMARY KEY (who, id, from_ms, until_ms)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER staff_came_back AFTER UPDATE OF ended_ms ON staff
WHEN old.ended_ms IS NOT NULL AND new.ended_ms IS NULL
BEGIN
    INSERT INTO absence SELECT 'staff', old.id, old.ended_ms, max(old.ended_ms, max(at_ms)) FROM chain_head
    WHERE true ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER till_came_back AFTER UPDATE OF revoked_ms ON till
WHEN old.revoked_ms IS NOT NULL AND new.revoked_ms IS NULL
BEGIN
    INSERT INTO absence SELECT 'till', old.id, old.revoked_ms, max(old.revoked_ms, max(at_ms)) FROM chain_head
    WHERE true ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER absence_is_final_u BEFORE UPDATE ON absence
BEGIN SELECT RAISE(ABORT, 'absences are never changed'); END;
CREATE TRIGGER absence_is_final_d BEFORE DELETE ON absence
BEGIN SELECT RAISE(ABORT, 'absences are never removed'); END;

-- Wrong PINs of one person at one till; five, and that pair waits.
CREATE TABLE pin_failure (
    till_id  INTEGER NOT NULL REFERENCES till (id),
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    count    INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,                 -- 0: not locked
    PRIMARY KEY (till_id, staff_id)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- sessions

CREATE TABLE session (
    id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: a logout must not end a newer one
    token_hash BLOB    NOT NULL UNIQUE CHECK (length(token_hash) = 32), -- SHA-256 of the cookie
    kind       TEXT    NOT NULL CHECK (kind IN ('member', 'till', 'staff', 'owner')),
    member_id  INTEGER REFERENCES member (id),
    till_id    INTEGER REFERENCES till (id),
    staff_id   INTEGER REFERENCES staff (id),
    created_ms INTEGER NOT NULL,
    seen_ms    INTEGER NOT NULL,               -- for the idle limit; written at most once a minute
    until_ms   INTEGER NOT NULL,               -- absolute end
    login_ms   INTEGER,                        -- when the person proved to LINE who it is; NULL: LINE did not say
    CHECK (login_ms IS NULL OR (kind = 'member' AND login_ms <= created_ms)),
    CHECK (CASE kind WHEN 'member' THEN member_id IS NOT NULL AND till_id IS NULL AND staff_id IS NULL
                     WHEN 'till'   THEN till_id IS NOT NULL AND member_id IS NULL AND staff_id IS NULL
                     WHEN 'staff'  THEN till_id IS NOT NULL AND staff_id IS NOT NULL AND member_id IS NULL
                     ELSE staff_id IS NOT NULL AND till_id IS NULL END)
) STRICT;
CREATE INDEX session_member ON session (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX session_till ON session (till_id) WHERE till_id IS NOT NULL;
CREATE INDEX session_staff ON session (staff_id) WHERE staff_id IS NOT NULL;

-- What may happen once: a login's state, a LIFF ID token (with the device that may repeat it), an owner link.
CREATE TABLE burnt (
    hash        BLOB    PRIMARY KEY CHECK (length(hash) = 32),
    device_hash BLOB,
    until_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One-time links made by the operator (first owner); the token's hash, gone once used.
CREATE TABLE owner_link (
    hash       BLOB    PRIMARY KEY CHECK (length(hash) = 32),
    until_ms   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- plans

CREATE TABLE plan (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64), -- as the shopper reads it
    unit       TEXT    NOT NULL CHECK (unit IN ('stamp', 'point')),
    version    INTEGER NOT NULL,               -- the rules in force for what is granted now
    catalogue  INTEGER NOT NULL DEFAULT 0,     -- the catalogue in force; 0: none
    created_ms INTEGER NOT NULL,
    FOREIGN KEY (id, version) REFERENCES plan_version (plan_id, version) DEFERRABLE INITIALLY DEFERRED
) STRICT;

-- Rules never change: a change is a new version, and every transfer names the one it was made under.
CREATE TABLE plan_version (
    plan_id         INTEGER NOT NULL REFERENCES plan (id),
    version         INTEGER NOT NULL CHECK (version > 0),
    goal            INTEGER NOT NULL CHECK (goal BETWEEN 0 AND 1000000), -- units that fill the card; 0: nothing does
    cool_down_min   INTEGER NOT NULL CHECK (cool_down_min BETWEEN 0 AND 43200),
    per_day_max     INTEGER NOT NULL CHECK (per_day_max BETWEEN 0 AND 1000), -- grants a business day; 0: no limit
    yen_per_point   INTEGER NOT NULL CHECK (yen_per_point BETWEEN 0 AND 1000000), -- point plans; 0: a stamp plan
    rounding        TEXT    NOT NULL CHECK (rounding IN ('down', 'nearest', 'up')),
    utc_offset_min  INTEGER NOT NULL CHECK (utc_offset_min BETWEEN -720 AND 840),
    day_cut_hour    INTEGER NOT NULL CHECK (day_cut_hour BETWEEN 0 AND 23), -- when a business day ends
    notify_grants   INTEGER NOT NULL CHECK (notify_grants IN (0, 1)), -- owe a LINE notice for each grant
    linear          TEXT    NOT NULL CHECK (linear IN ('code128', 'jan13', 'number')), -- the card's linear code
    jan_prefix      INTEGER NOT NULL CHECK (jan_prefix BETWEEN 20 AND 29), -- of rotating JANs: the POS keeps it free
    number_type     TEXT    CHECK (number_type IN ('ean13', 'code128', 'nw7', 'code39')), -- NULL: no fixed numbers
    number_prefix   TEXT    NOT NULL DEFAULT '',
    number_length   INTEGER NOT NULL DEFAULT 0, -- check digit included, start and stop not
    number_check    TEXT    NOT NULL DEFAULT 'none', -- as barcode_check_name
    number_frame    TEXT    NOT NULL DEFAULT '', -- start and stop of NW-7
    number_ratio    TEXT    NOT NULL DEFAULT '2.5',
    number_per_day  INTEGER NOT NULL DEFAULT 0 CHECK (number_per_day BETWEEN 0 AND 1000), -- grants by it a business day
    terms           TEXT    NOT NULL DEFAULT '{}', -- the other rules, as in a plan file: an object of objects
    from_ms         INTEGER NOT NULL,          -- visits count under it from then on, until a greater version
    created_ms      INTEGER NOT NULL,
    after_seq       INTEGER NOT NULL CHECK (after_seq >= 0), -- the newest transfer when it was made: a clock may be set
    CHECK (linear <> 'number' OR number_type IS NOT NULL),
    PRIMARY KEY (plan_id, version)
) STRICT, WITHOUT ROWID;

-- How much of what a plan counts was issued, whatever catalogue it stood in.
CREATE TABLE stock (
    id         INTEGER PRIMARY KEY,
    plan_id    INTEGER NOT NULL REFERENCES plan (id),
    key        TEXT    NOT NULL CHECK (length(key) BETWEEN 1 AND 24), -- of the rewards it counts
    issued     INTEGER NOT NULL DEFAULT 0 CHECK (issued >= 0), -- vouchers that were not cancelled
    day_ms     INTEGER NOT NULL DEFAULT 0,     -- when the business day of the next number began
    issued_day INTEGER NOT NULL DEFAULT 0 CHECK (issued_day BETWEEN 0 AND issued), -- of them, on that day
    codes_left INTEGER NOT NULL DEFAULT 0 CHECK (codes_left >= 0), -- loaded, and nobody's yet
    UNIQUE (plan_id, key)
) STRICT;

-- What a plan gives: of one of its versions, by place; or of one of its catalogues, by place, price or lot.
CREATE TABLE reward (
    id           INTEGER PRIMARY KEY,
    plan_id      INTEGER NOT NULL REFERENCES plan (id),
    plan_version INTEGER,
    catalogue    INTEGER CHECK (catalogue > 0),
    at           INTEGER CHECK (at > 0),       -- reached at this many units; at = goal fills the card
    price        INTEGER CHECK (price BETWEEN 1 AND 1000000), -- points it is swapped for
    lottery_id   INTEGER REFERENCES reward (id), -- a prize of that one
    odds         INTEGER CHECK (odds BETWEEN 1 AND 1000000), -- of a prize, in 1,000,000
    key          TEXT    CHECK (length(key) BETWEEN 1 AND 24),
    title        TEXT    NOT NULL CHECK (length(title) BETWEEN 1 AND 64),
    kind         TEXT    NOT NULL DEFAULT 'plain' CHECK (kind IN ('plain', 'yen_off', 'percent', 'free_item',
                                                                  'cash_back', 'gift')),
    value        INTEGER NOT NULL DEFAULT 0 CHECK (value >= 0), -- yen or percent
    valid_days   INTEGER NOT NULL CHECK (valid_days BETWEEN 1 AND 3660),
    terms        TEXT    NOT NULL DEFAULT '',  -- conditions and numbers, as domain/reward.h writes them; '': none
    stock_id     INTEGER REFERENCES stock (id), -- where it is counted; NULL: it is not
    UNIQUE (plan_id, plan_version, at),
    CHECK ((plan_version IS NULL) <> (catalogue IS NULL)),
    CHECK ((at IS NOT NULL) + (price IS NOT NULL) + (lottery_id IS NOT NULL) = 1),
    CHECK ((lottery_id IS NULL) = (odds IS NULL)),
    CHECK (plan_version IS NULL OR at IS NOT NULL),
    FOREIGN KEY (plan_id, plan_version) REFERENCES plan_version (plan_id, version)
) STRICT;
CREATE INDEX reward_listed ON reward (plan_id, catalogue, at) WHERE catalogue IS NOT NULL;
CREATE INDEX reward_prize ON reward (lottery_id) WHERE lottery_id IS NOT NULL;
CREATE TRIGGER plan_version_is_final_u BEFORE UPDATE ON plan_version
BEGIN SELECT RAISE(ABORT, 'rules are never changed'); END;
CREATE TRIGGER plan_version_is_final_d BEFORE DELETE ON plan_version
BEGIN SELECT RAISE(ABORT, 'rules are never removed'); END;
CREATE TRIGGER reward_is_final_u BEFORE UPDATE ON reward
BEGIN SELECT RAISE(ABORT, 'rewards are never changed'); END;
CREATE TRIGGER reward_is_final_d BEFORE DELETE ON reward
BEGIN SELECT RAISE(ABORT, 'rewards are never removed'); END;

-- Rules that are not in force: what an owner tries and compares before anybody is bound by them.
CREATE TABLE plan_draft (
    id           INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: a page may still show one that is gone
    plan_id      INTEGER NOT NULL,
    name         TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 64), -- the draft's own
    base_version INTEGER NOT NULL,             -- in force when it was written: what it is to change
    rules        TEXT    NOT NULL CHECK (length(rules) BETWEEN 2 AND 65536), -- a plan file, whole
    staff_id     INTEGER REFERENCES staff (id), -- who saved it last; NULL: the operator
    saved_ms     INTEGER NOT NULL,
    FOREIGN KEY (plan_id, base_version) REFERENCES plan_version (plan_id, version)
) STRICT;
CREATE INDEX plan_draft_plan ON plan_draft (plan_id, id);

-- A draft that comes into force by itself, at most one a plan at a time; and what became of those before.
CREATE TABLE plan_schedule (
    id           INTEGER PRIMARY KEY,
    plan_id      INTEGER NOT NULL,
    name         TEXT    NOT NULL,             -- this and the two below: of the draft it was
    base_version INTEGER NOT NULL,
    rules        TEXT    NOT NULL,
    accepted     INTEGER NOT NULL,             -- losses that its owner took upon themselves: bits of domain/plan_loss.h
    at_ms        INTEGER NOT NULL,             -- in force from then on, whenever that is carried out
    staff_id     INTEGER REFERENCES staff (id),
    created_ms   INTEGER NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('waiting', 'done', 'cancelled', 'refused')),
    ended_ms     INTEGER,                      -- when it left 'waiting'
    version      INTEGER,                      -- done: which one it became
    why          TEXT,                         -- refused: the word of the error
    CHECK (at_ms > created_ms),
    CHECK ((state = 'waiting') = (ended_ms IS NULL)),
    CHECK ((state = 'done') = (version IS NOT NULL)),
    CHECK ((state = 'refused') = (why IS NOT NULL)),
    FOREIGN KEY (plan_id, base_version) REFERENCES plan_version (plan_id, version),
    FOREIGN KEY (plan_id, version) REFERENCES plan_version (plan_id, version) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX plan_schedule_waiting ON plan_schedule (plan_id) WHERE state = 'waiting';
CREATE TRIGGER plan_schedule_ends_once BEFORE UPDATE ON plan_schedule
WHEN old.state <> 'waiting' OR new.id <> old.id OR new.plan_id <> old.plan_id OR new.rules <> old.rules
  OR new.accepted <> old.accepted OR new.at_ms <> old.at_ms OR new.created_ms <> old.created_ms
BEGIN SELECT RAISE(ABORT, 'a schedule ends once'); END;
CREATE TRIGGER plan_schedule_is_kept BEFORE DELETE ON plan_schedule
BEGIN SELECT RAISE(ABORT, 'schedules are never removed'); END;

-- ---------------------------------------------------------------- cards and the ledger

CREATE TABLE card (
    id         INTEGER PRIMARY KEY,            -- also the number of the card's account
    member_id  INTEGER NOT NULL REFERENCES member (id),
    plan_id    INTEGER NOT NULL REFERENCES plan (id),
    locator    INTEGER NOT NULL UNIQUE CHECK (locator BETWEEN 0 AND 9999999999), -- random; what codes carry
    state      TEXT    NOT NULL CHECK (state IN ('active', 'blocked', 'merged', 'ended')), -- ended: with its member
    balance    INTEGER NOT NULL DEFAULT 0 CHECK (balance >= 0), -- sum of the account's transfers
    reached    INTEGER NOT NULL DEFAULT 0 CHECK (reached >= 0), -- rewards of this round up to this place were given
    ends_ms    INTEGER,                        -- when the next of its lots ends; NULL: none does
    is_reminded INTEGER NOT NULL DEFAULT 0 CHECK (is_reminded IN (0, 1)), -- of that end
    owed       INTEGER NOT NULL DEFAULT 0 CHECK (owed >= 0), -- that refunds could not take: repaid by what it earns
    issued_ms  INTEGER NOT NULL,
    merged_into INTEGER REFERENCES card (id),  -- merged: the card that has its units, and its fixed number leads to
    UNIQUE (member_id, plan_id),
    CHECK ((state = 'merged') = (merged_into IS NOT NULL))
) STRICT;
CREATE INDEX card_ends ON card (is_reminded, ends_ms, plan_id) WHERE ends_ms IS NOT NULL;
CREATE INDEX card_merged ON card (merged_into) WHERE merged_into IS NOT NULL;

-- A card's fixed number in the chain's own format. Those that ended are kept, so that nobody gets them again.
CREATE TABLE card_number (
    id       INTEGER PRIMARY KEY,              -- what the number was made from, unless it was brought along
    card_id  INTEGER NOT NULL REFERENCES card (id),
    number   TEXT    NOT NULL,                 -- as it is drawn, without start and stop
    plain    TEXT    NOT NULL UNIQUE,          -- as a reading has it
    made_ms  INTEGER NOT NULL,
    ended_ms INTEGER CHECK (ended_ms >= made_ms) -- NULL: in force
) STRICT;
CREATE UNIQUE INDEX card_number_in_force ON card_number (card_id) WHERE ended_ms IS NULL;

-- Wrong codes by the card whose locator they carried; too many, and its codes wait for the member's tap.
CREATE TABLE code_failure (
    card_id     INTEGER PRIMARY KEY REFERENCES card (id),
    count       INTEGER NOT NULL,              -- in the ten minutes from from_ms
    from_ms     INTEGER NOT NULL,
    day_count   INTEGER NOT NULL,              -- in the 24 hours from day_from_ms
    day_from_ms INTEGER NOT NULL,
    tap_ms      INTEGER NOT NULL DEFAULT 0     -- the member said "it is me" until then
) STRICT;

-- Where units come from and go to. Their numbers are negative, so they never meet a card's.
CREATE TABLE system_account (
    id      INTEGER PRIMARY KEY CHECK (id < 0), -- -(8 * plan_id + 1..4)
    plan_id INTEGER NOT NULL REFERENCES plan (id),
    kind    TEXT    NOT NULL CHECK (kind IN ('issue', 'redeem', 'expire', 'adjust')),
    balance INTEGER NOT NULL DEFAULT 0,
    UNIQUE (plan_id, kind)
) STRICT;

-- The legal ways of a unit; a new kind is a new row, not a change of a table with millions of them.
CREATE TABLE transfer_kind (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE,
    from_kind TEXT NOT NULL,                   -- 'card' or a system account's kind; '*': mirrors another
    to_kind   TEXT NOT NULL
) STRICT;
INSERT INTO transfer_kind (id, name, from_kind, to_kind) VALUES
    (1, 'earn',    'issue', 'card'),           -- a grant at a till
    (2, 'round',   'card',  'redeem'),         -- a filled card is spent for its reward; the surplus stays
    (3, 'reverse', '*',     '*'),              -- undoes one transfer, once, in full
    (4, 'expire',  'card',  'expire'),         -- what a member who is erased still had
    (5, 'merge_out', 'card', 'adjust'),        -- a closed member's units leave ...
    (6, 'merge_in', 'adjust', 'card'),         -- ... and enter the card of the member that stays
    (7, 'bring',   'adjust', 'card'),          -- what a customer of before brings along, once
    (8, 'spend',   'card',  'redeem'),         -- points used at a till
    (9, 'swap',    'card',  'redeem'),         -- points given for a voucher of the catalogue
    (10, 'lapse',  'card',  'expire'),         -- lots that came to their end
    (11, 'bonus',  'issue', 'card'),           -- given beside a grant, or without one: joining, a birthday
    (12, 'gift_out', 'card', 'adjust'),        -- a member gives ...
    (13, 'gift_in', 'adjust', 'card'),         -- ... and another takes
    (14, 'refund', 'card',  'issue'),          -- part of a grant goes back with a part of its sale
    (15, 'late',   'issue', 'card'),           -- for a receipt, afterwards
    (16, 'repay',  'card',  'issue'),          -- what the card owed
    (17, 'swap_back', 'redeem', 'card');       -- the price of a voucher that ended unused

CREATE TABLE scan (
    id       INTEGER PRIMARY KEY,
    card_id  INTEGER NOT NULL REFERENCES card (id),
    step     INTEGER,                          -- 30 s time step of the code; NULL: a fixed number
    form     TEXT    NOT NULL CHECK (form = 'digits22' OR form = 'jan13' OR form = 'number'),
    till_id  INTEGER NOT NULL REFERENCES till (id),
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    at_ms    INTEGER NOT NULL,                 -- when the code was shown to the till (queued scans: then)
    until_ms INTEGER NOT NULL,                 -- end of the scan session
    UNIQUE (step, card_id),                    -- a code works once; steps first, so that new rows lie together
    CHECK ((form = 'number') = (step IS NULL))
) STRICT;
CREATE INDEX scan_number ON scan (card_id, until_ms) WHERE form = 'number';

CREATE TABLE transfer (
    card_id       INTEGER NOT NULL REFERENCES card (id), -- the card on one side of it
    seq           INTEGER NOT NULL CHECK (seq > 0),      -- 1, 2, 3 ... over the whole book
    kind          INTEGER NOT NULL REFERENCES transfer_kind (id),
    debit         INTEGER NOT NULL,            -- account it leaves
    credit        INTEGER NOT NULL,            -- account it enters
    amount        INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 1000000),
    balance_after INTEGER NOT NULL CHECK (balance_after >= 0), -- of the card
    at_ms         INTEGER NOT NULL,            -- when it was booked: never decreasing along seq
    visit_ms      INTEGER CHECK (visit_ms < at_ms), -- when it happened, if that was before (queued offline)
    plan_id       INTEGER NOT NULL,
    plan_version  INTEGER NOT NULL,
    shop_id       INTEGER REFERENCES shop (id),
    till_id       INTEGER REFERENCES till (id),
    staff_id      INTEGER REFERENCES staff (id),
    scan_id       INTEGER REFERENCES scan (id),
    yen           INTEGER CHECK (yen > 0),     -- the sale a point grant was for
    reason        TEXT    NOT NULL CHECK (length(reason) BETWEEN 1 AND 15), -- short code: visit, sale, goal, mistake
    cause_seq     INTEGER,                     -- what filled the card, or by whose reversal it is not full; of a
                                               -- merge: its other half, of its undoing: the half that began it
    reverses_seq  INTEGER,                     -- what a reverse undoes
    usable_ms     INTEGER,                     -- what entered the card can be used from then on; NULL: at once
    expires_ms    INTEGER,                     -- and ends then; NULL: never, or lots of a moving end
    request_key   BLOB    NOT NULL CHECK (length(request_key) = 16), -- of the answer; rounds carry their grant's
    prev_mac      BLOB    NOT NULL CHECK (length(prev_mac) = 16),
    mac           BLOB    NOT NULL CHECK (length(mac) = 16), -- HMAC over prev_mac and this row, cut to 128 bits
    PRIMARY KEY (card_id, seq),
    CHECK ((debit = card_id) <> (credit = card_id)),
    CHECK ((kind = 3) = (reverses_seq IS NOT NULL)),
    CHECK (cause_seq IS NOT NULL OR (kind <> 2 AND kind <> 6 AND kind <> 13 AND kind <> 14 AND kind <> 17)),
    CHECK (credit = card_id OR (usable_ms IS NULL AND expires_ms IS NULL)),
    FOREIGN KEY (plan_id, plan_version) REFERENCES plan_version (plan_id, version)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX transfer_seq ON transfer (seq);
CREATE INDEX transfer_till ON transfer (till_id, seq) WHERE till_id IS NOT NULL;
CREATE UNIQUE INDEX transfer_reverses ON transfer (reverses_seq) WHERE reverses_seq IS NOT NULL;

CREATE TRIGGER transfer_is_final_u BEFORE UPDATE ON transfer
BEGIN SELECT RAISE(ABORT, 'transfers are never changed'); END;
CREATE TRIGGER transfer_is_final_d BEFORE DELETE ON transfer
BEGIN SELECT RAISE(ABORT, 'transfers are never removed'); END;
CREATE TRIGGER scan_is_final_u BEFORE UPDATE ON scan
BEGIN SELECT RAISE(ABORT, 'scans are never changed'); END;
CREATE TRIGGER scan_is_final_d BEFORE DELETE ON scan
BEGIN SELECT RAISE(ABORT, 'scans are never removed'); END;

-- Units of a card that begin or end some day, by the transfer that brought them; the rest of a
-- balance has neither. A transfer from another card may bring several lots.
CREATE TABLE lot (
    card_id      INTEGER NOT NULL REFERENCES card (id),
    seq          INTEGER NOT NULL,             -- of the transfer
    part         INTEGER NOT NULL,             -- 0, 1, 2 ... of its lots
    plan_version INTEGER NOT NULL,             -- whose terms they were given under
    amount       INTEGER NOT NULL CHECK (amount > 0), -- what it began with
    remaining    INTEGER NOT NULL CHECK (remaining >= 0), -- amount and the sum of its moves
    usable_ms    INTEGER,                      -- NULL: at once
    expires_ms   INTEGER,                      -- NULL: never
    renews       INTEGER NOT NULL CHECK (renews IN (0, 1)), -- each use of the card moves its end
    PRIMARY KEY (card_id, seq, part)
) STRICT, WITHOUT ROWID;

-- What later transfers of the card took out of a lot, or put back.
CREATE TABLE lot_move (
    card_id  INTEGER NOT NULL,
    seq      INTEGER NOT NULL,                 -- of the later transfer
    lot_seq  INTEGER NOT NULL,
    lot_part INTEGER NOT NULL,
    amount   INTEGER NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (card_id, seq, lot_seq, lot_part),
    FOREIGN KEY (card_id, lot_seq, lot_part) REFERENCES lot (card_id, seq, part)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER lot_move_is_final_u BEFORE UPDATE ON lot_move
BEGIN SELECT RAISE(ABORT, 'moves are never changed'); END;
CREATE TRIGGER lot_move_is_final_d BEFORE DELETE ON lot_move
BEGIN SELECT RAISE(ABORT, 'moves are never removed'); END;
CREATE TRIGGER lot_is_kept BEFORE DELETE ON lot
BEGIN SELECT RAISE(ABORT, 'lots are never removed'); END;

-- The tier a card has risen to, of plans that have tiers.
CREATE TABLE card_tier (
    card_id  INTEGER PRIMARY KEY REFERENCES card (id),
    tier     INTEGER NOT NULL CHECK (tier BETWEEN 0 AND 6),
    until_ms INTEGER                           -- looked at anew then; NULL: never
) STRICT;
CREATE INDEX card_tier_due ON card_tier (until_ms) WHERE until_ms IS NOT NULL;

-- How it came to it, line by line.
CREATE TABLE tier_change (
    card_id      INTEGER NOT NULL REFERENCES card (id),
    number       INTEGER NOT NULL CHECK (number > 0), -- 1, 2, 3 ... of the card
    tier_before  INTEGER NOT NULL,
    tier         INTEGER NOT NULL CHECK (tier BETWEEN 0 AND 6),
    plan_version INTEGER NOT NULL,             -- by whose rules
    worth        INTEGER NOT NULL,             -- what counted then: visits, yen, units or cards filled
    cause        TEXT    NOT NULL CHECK (cause IN ('rise', 'keep', 'fall', 'undo', 'merge')),
    seq          INTEGER,                      -- the transfer that brought it about; NULL: time, or a merge
    at_ms        INTEGER NOT NULL,
    PRIMARY KEY (card_id, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER tier_change_is_final_u BEFORE UPDATE ON tier_change
BEGIN SELECT RAISE(ABORT, 'changes of tier are never changed'); END;
CREATE TRIGGER tier_change_is_final_d BEFORE DELETE ON tier_change
BEGIN SELECT RAISE(ABORT, 'changes of tier are never removed'); END;

-- When a run of what time decides last left nothing to do.
CREATE TABLE run_ended (
    name  TEXT    NOT NULL UNIQUE CHECK (name IN ('lapse', 'outbox', 'voucher_lapse', -- lots that ended; messages;
                                                      'points_lapse')), -- warnings of what will end
    at_ms INTEGER NOT NULL                     -- by the clock of then, which may have been set back since
) STRICT;
INSERT INTO run_ended (name, at_ms) VALUES ('lapse', 0), ('outbox', 0), ('voucher_lapse', 0), ('points_lapse', 0);

-- Receipts that were credited, at the till or afterwards, by the number that receipt_number.h makes of it. One
-- is credited once; again, in the next turn, only when the transfer of the turn before was reversed.
CREATE TABLE receipt (
    shop_id INTEGER NOT NULL REFERENCES shop (id), -- whose register printed it
    number  TEXT    NOT NULL CHECK (length(number) BETWEEN 1 AND 32),
    day     INTEGER NOT NULL,                  -- business day since 1970, where numbers begin again each day; 0: where
                                               -- they do not
    turn    INTEGER NOT NULL CHECK (turn >= 0),
    seq     INTEGER NOT NULL,                  -- the transfer it was credited with
    PRIMARY KEY (shop_id, number, day, turn)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER receipt_is_final_u BEFORE UPDATE ON receipt
BEGIN SELECT RAISE(ABORT, 'receipts are never changed'); END;
CREATE TRIGGER receipt_is_final_d BEFORE DELETE ON receipt
BEGIN SELECT RAISE(ABORT, 'receipts are never removed'); END;

-- Units on their way from one member to another: out of the giver's card already, and in the end either in
-- another's or back where they came from.
CREATE TABLE gift (
    id         INTEGER PRIMARY KEY,
    card_id    INTEGER NOT NULL REFERENCES card (id), -- the giver's
    token_hash BLOB    NOT NULL UNIQUE CHECK (length(token_hash) = 32), -- keyed HMAC of what its link carries
    token      BLOB,                           -- sealed, for the giver to send the link again; NULL once it is closed
    nickname   BLOB,                           -- sealed: what the giver wants to be called; the same
    amount     INTEGER NOT NULL CHECK (amount > 0),
    state      TEXT    NOT NULL CHECK (state IN ('open', 'accepted', 'returned')),
    out_seq    INTEGER NOT NULL UNIQUE,        -- the transfer it left with; returned: the one that was reversed
    in_seq     INTEGER UNIQUE,                 -- accepted: the transfer it entered the other card with
    made_ms    INTEGER NOT NULL,
    until_ms   INTEGER NOT NULL,               -- it can be taken until then
    closed_ms  INTEGER,                        -- when it left 'open'
    CHECK ((state = 'accepted') = (in_seq IS NOT NULL)),
    CHECK ((state = 'open') = (closed_ms IS NULL)),
    CHECK ((state = 'open') = (token IS NOT NULL)),
    CHECK (state = 'open' OR nickname IS NULL)
) STRICT;
CREATE INDEX gift_card ON gift (card_id, made_ms);
CREATE INDEX gift_due ON gift (until_ms) WHERE state = 'open';
CREATE TRIGGER gift_ends_once BEFORE UPDATE ON gift
WHEN old.state <> 'open' OR new.state = 'open' OR new.id <> old.id OR new.card_id <> old.card_id
  OR new.token_hash <> old.token_hash OR new.amount <> old.amount OR new.out_seq <> old.out_seq
  OR new.made_ms <> old.made_ms OR new.until_ms <> old.until_ms
BEGIN SELECT RAISE(ABORT, 'a gift ends once'); END;
CREATE TRIGGER gift_is_kept BEFORE DELETE ON gift
BEGIN SELECT RAISE(ABORT, 'gifts are never removed'); END;

-- The last link of each chain, kept apart from it.
CREATE TABLE chain_head (
    chain TEXT    PRIMARY KEY CHECK (chain IN ('transfer', 'audit')),
    seq   INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    mac   BLOB    NOT NULL CHECK (length(mac) = 16)
) STRICT, WITHOUT ROWID;
INSERT INTO chain_head (chain, seq, at_ms, mac) VALUES ('transfer', 0, 0, zeroblob(16)), ('audit', 0, 0, zeroblob(16));

-- Why a grant gave more than the visit or the sale alone: a row for each rule that added to it.
CREATE TABLE earn_part (
    seq    INTEGER NOT NULL,                   -- of the grant, whose amount has it
    place  INTEGER NOT NULL CHECK (place BETWEEN 1 AND 8),
    reason TEXT    NOT NULL CHECK (length(reason) BETWEEN 1 AND 15), -- weekday:200, campaign:300, items
    units  INTEGER NOT NULL CHECK (units > 0),
    PRIMARY KEY (seq, place)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER earn_part_is_final_u BEFORE UPDATE ON earn_part
BEGIN SELECT RAISE(ABORT, 'parts of a grant are never changed'); END;
CREATE TRIGGER earn_part_is_final_d BEFORE DELETE ON earn_part
BEGIN SELECT RAISE(ABORT, 'parts of a grant are never removed'); END;

-- What was granted in a business day, where the plan has a cap for it; forgotten after some days.
CREATE TABLE earn_tally (
    from_ms INTEGER NOT NULL,                  -- when the day began
    plan_id INTEGER NOT NULL REFERENCES plan (id),
    what    TEXT    NOT NULL CHECK (what = 'member' OR what = 'staff' OR what = 'till'),
    id      INTEGER NOT NULL,                  -- of the card, the staff, the till
    grants  INTEGER NOT NULL CHECK (grants >= 0), -- that were not taken back
    units   INTEGER NOT NULL CHECK (units >= 0),
    PRIMARY KEY (from_ms, plan_id, what, id)
) STRICT, WITHOUT ROWID;

-- Bonuses by their reason: what is given once is looked for there.
CREATE INDEX transfer_bonus ON transfer (card_id, reason) WHERE kind = 11;

-- The Merkle tree over the transfers (domain/tree_book.h): nodes over 64 of them and above, once all are there.
CREATE TABLE tree_node (
    level INTEGER NOT NULL CHECK (level BETWEEN 6 AND 62), -- over 2^level transfers ...
    place INTEGER NOT NULL CHECK (place >= 0), -- ... the first of which has seq place * 2^level + 1
    hash  BLOB    NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, place)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER tree_node_is_final_u BEFORE UPDATE ON tree_node
BEGIN SELECT RAISE(ABORT, 'nodes are never changed'); END;
CREATE TRIGGER tree_node_is_final_d BEFORE DELETE ON tree_node
BEGIN SELECT RAISE(ABORT, 'nodes are never removed'); END;

-- What moved in each month, of the transfers below those nodes (domain/month_totals.h).
CREATE TABLE month_total (
    plan_id   INTEGER NOT NULL REFERENCES plan (id),
    month     INTEGER NOT NULL,                -- 202604, of the plan's business days
    kind      INTEGER NOT NULL REFERENCES transfer_kind (id),
    account   INTEGER NOT NULL CHECK (account BETWEEN 0 AND 4), -- 1..4: as in system_account; 0: lapsed, by the month
                                               -- in which it had come onto its card
    units_in  INTEGER NOT NULL CHECK (units_in >= 0), -- onto cards
    units_out INTEGER NOT NULL CHECK (units_out >= 0),
    transfers INTEGER NOT NULL CHECK (transfers >= 0),
    PRIMARY KEY (plan_id, month, kind, account)
) STRICT, WITHOUT ROWID;

-- What the whole book was at the end of a day, signed (domain/head.h).
CREATE TABLE head (
    number    INTEGER PRIMARY KEY CHECK (number > 0), -- 1, 2, 3 ...
    at_ms     INTEGER NOT NULL,                -- everything booked until then is in it
    size      INTEGER NOT NULL CHECK (size > 0), -- transfers
    root      BLOB    NOT NULL CHECK (length(root) = 32), -- of the tree over them
    last      BLOB    NOT NULL CHECK (length(last) = 32), -- SHA-256 of the last one's mac
    audit_seq INTEGER NOT NULL CHECK (audit_seq >= 0), -- lines of the audit log
    audit     BLOB    NOT NULL CHECK (length(audit) = 32), -- SHA-256 of the last one's mac; of none: of zeros
    before    BLOB    NOT NULL CHECK (length(before) = 32), -- SHA-256 of the head before; of the first: zeros
    signature BLOB    NOT NULL CHECK (length(signature) = 64) -- ECDSA over all this (P-256, SHA-256)
) STRICT;
CREATE TRIGGER head_is_final_u BEFORE UPDATE ON head
BEGIN SELECT RAISE(ABORT, 'heads are never changed'); END;
CREATE TRIGGER head_is_final_d BEFORE DELETE ON head
BEGIN SELECT RAISE(ABORT, 'heads are never removed'); END;

CREATE TABLE voucher (
    id             INTEGER PRIMARY KEY,
    card_id        INTEGER NOT NULL REFERENCES card (id),
    reward_id      INTEGER NOT NULL REFERENCES reward (id), -- what was reached, or swapped for
    as_id          INTEGER REFERENCES reward (id), -- whose terms it has, if not that one's: a prize, or a catalogue's
    locator        INTEGER NOT NULL UNIQUE CHECK (locator BETWEEN 0 AND 9999999999),
    state          TEXT    NOT NULL CHECK (state = 'issued' OR state = 'redeemed' OR state = 'expired'
                                           OR state = 'cancelled' OR state = 'moved'),
    moved_from     INTEGER UNIQUE REFERENCES voucher (id), -- goes on in place of that one, of another card
    cause_seq      INTEGER NOT NULL,           -- the grant, or merge, that reached the reward; or the swap
    round_seq      INTEGER,                    -- the round transfer it was paid with; NULL: half-way
    issued_ms      INTEGER NOT NULL,
    expires_ms     INTEGER NOT NULL,
    closed_ms      INTEGER,                    -- when it left 'issued'
    closed_by_seq  INTEGER,                    -- cancelled: the reversal or refund; expired: what gave its price
                                               -- back; NULL: nothing came back
    till_id        INTEGER REFERENCES till (id),  -- redeemed: where and by whom
    staff_id       INTEGER REFERENCES staff (id),
    read_ms        INTEGER,                    -- redeemed: when its own code of that moment was read there
    is_warned      INTEGER NOT NULL DEFAULT 0 CHECK (is_warned IN (0, 1)), -- of its end
    CHECK ((state = 'issued') = (closed_ms IS NULL)),
    CHECK ((state = 'redeemed') = (till_id IS NOT NULL AND staff_id IS NOT NULL AND read_ms IS NOT NULL)),
    CHECK (state IN ('cancelled', 'expired') OR closed_by_seq IS NULL)
) STRICT;
CREATE INDEX voucher_card ON voucher (card_id, id);
CREATE INDEX voucher_redeemed ON voucher (closed_ms) WHERE state = 'redeemed';
CREATE INDEX voucher_open ON voucher (card_id, expires_ms, id) WHERE state = 'issued'; -- as a card lists them
CREATE INDEX voucher_due ON voucher (expires_ms) WHERE state = 'issued';
CREATE INDEX voucher_to_warn ON voucher (expires_ms) WHERE state = 'issued' AND is_warned = 0;
CREATE TRIGGER voucher_ends_once BEFORE UPDATE ON voucher
WHEN ((old.state <> 'issued' OR new.state = 'issued') AND NOT (old.state = 'issued' AND new.is_warned > old.is_warned)
  AND NOT (old.state = 'redeemed' AND new.state = 'issued'
    AND EXISTS (SELECT 1 FROM redemption_undone u WHERE u.voucher_id = old.id AND u.redeemed_ms = old.closed_ms)))
  OR new.id <> old.id OR new.card_id <> old.card_id
  OR new.reward_id <> old.reward_id OR new.locator <> old.locator OR new.cause_seq <> old.cause_seq
  OR new.round_seq IS NOT old.round_seq OR new.moved_from IS NOT old.moved_from OR new.as_id IS NOT old.as_id OR new.issued_ms <> old.issued_ms OR new.expires_ms <> old.expires_ms
BEGIN SELECT RAISE(ABORT, 'a voucher ends once'); END;
CREATE TRIGGER voucher_is_kept BEFORE DELETE ON voucher
BEGIN SELECT RAISE(ABORT, 'vouchers are never removed'); END;

-- Redemptions that were a mistake: what the voucher's row said, before it was issued again.
CREATE TABLE redemption_undone (
    id          INTEGER PRIMARY KEY,
    voucher_id  INTEGER NOT NULL REFERENCES voucher (id),
    redeemed_ms INTEGER NOT NULL,              -- when, where and by whom it was redeemed ...
    till_id     INTEGER NOT NULL REFERENCES till (id),
    staff_id    INTEGER NOT NULL REFERENCES staff (id),
    undone_ms   INTEGER NOT NULL CHECK (undone_ms >= redeemed_ms), -- ... and that it was not
    by_till_id  INTEGER NOT NULL REFERENCES till (id),
    by_staff_id INTEGER NOT NULL REFERENCES staff (id)
) STRICT;
CREATE INDEX redemption_undone_voucher ON redemption_undone (voucher_id);
CREATE INDEX redemption_undone_till ON redemption_undone (till_id, redeemed_ms);
CREATE TRIGGER redemption_undone_is_final_u BEFORE UPDATE ON redemption_undone
BEGIN SELECT RAISE(ABORT, 'what was undone is never changed'); END;
CREATE TRIGGER redemption_undone_is_final_d BEFORE DELETE ON redemption_undone
BEGIN SELECT RAISE(ABORT, 'what was undone is never removed'); END;

-- ---------------------------------------------------------------- points spent at a till

-- The member's yes, on the card, to points being spent: one at a time, and for one spending.
CREATE TABLE spend_yes (
    id        INTEGER PRIMARY KEY,
    card_id   INTEGER NOT NULL REFERENCES card (id),
    points    INTEGER NOT NULL CHECK (points > 0), -- as many at most
    at_ms     INTEGER NOT NULL,
    until_ms  INTEGER NOT NULL CHECK (until_ms > at_ms),
    spend_seq INTEGER UNIQUE                    -- what it was used for; NULL: not yet
) STRICT;
CREATE UNIQUE INDEX spend_yes_open ON spend_yes (card_id) WHERE spend_seq IS NULL;
CREATE TRIGGER spend_yes_is_final_u BEFORE UPDATE ON spend_yes
WHEN old.spend_seq IS NOT NULL OR new.spend_seq IS NULL OR new.card_id <> old.card_id OR new.points <> old.points
  OR new.at_ms <> old.at_ms OR new.until_ms <> old.until_ms
BEGIN SELECT RAISE(ABORT, 'a yes is used once'); END;
CREATE TRIGGER spend_yes_is_final_d BEFORE DELETE ON spend_yes WHEN old.spend_seq IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a yes that was used is kept'); END;

-- What a till keeps for a basket until it is paid: points, which are spent at once, or a voucher.
CREATE TABLE hold (
    id         INTEGER PRIMARY KEY,
    card_id    INTEGER NOT NULL REFERENCES card (id),
    spend_seq  INTEGER UNIQUE,                 -- the spending; NULL: of a voucher
    voucher_id INTEGER REFERENCES voucher (id),
    state      TEXT    NOT NULL CHECK (state IN ('open', 'captured', 'released', 'over')),
    till_id    INTEGER NOT NULL REFERENCES till (id),
    staff_id   INTEGER NOT NULL REFERENCES staff (id),
    at_ms      INTEGER NOT NULL,
    until_ms   INTEGER NOT NULL CHECK (until_ms > at_ms), -- nobody captured it by then: over
    closed_ms  INTEGER CHECK (closed_ms >= at_ms),
    back_seq   INTEGER UNIQUE,                 -- the reversal of the spending: given back, or a part of it
    kept_seq   INTEGER UNIQUE,                 -- a part was captured: the spending that stays
    read_ms    INTEGER,                        -- of a voucher: when its own code was read there
    CHECK ((spend_seq IS NULL) <> (voucher_id IS NULL)),
    CHECK ((read_ms IS NULL) = (voucher_id IS NULL)),
    CHECK ((state = 'open') = (closed_ms IS NULL)),
    CHECK (CASE WHEN state = 'open' OR spend_seq IS NULL THEN back_seq IS NULL
                WHEN state = 'captured' THEN (back_seq IS NULL) = (kept_seq IS NULL)
                ELSE back_seq IS NOT NULL END),
    CHECK (kept_seq IS NULL OR (state = 'captured' AND spend_seq IS NOT NULL))
) STRICT;
CREATE INDEX hold_due ON hold (until_ms) WHERE state = 'open';
CREATE INDEX hold_card ON hold (card_id) WHERE state = 'open';
CREATE UNIQUE INDEX hold_voucher ON hold (voucher_id) WHERE state = 'open' AND voucher_id IS NOT NULL;
CREATE TRIGGER hold_ends_once BEFORE UPDATE ON hold
WHEN old.state <> 'open' OR new.state = 'open' OR new.id <> old.id OR new.card_id <> old.card_id
  OR new.spend_seq IS NOT old.spend_seq OR new.voucher_id IS NOT old.voucher_id OR new.till_id <> old.till_id
  OR new.staff_id <> old.staff_id OR new.at_ms <> old.at_ms OR new.until_ms <> old.until_ms
  OR new.read_ms IS NOT old.read_ms
BEGIN SELECT RAISE(ABORT, 'a hold ends once'); END;
CREATE TRIGGER hold_is_kept BEFORE DELETE ON hold
BEGIN SELECT RAISE(ABORT, 'holds are never removed'); END;
-- A sale that was given back, or a part of it, and what became of the units that part had earned.
CREATE TABLE refund (
    id         INTEGER PRIMARY KEY,
    card_id    INTEGER NOT NULL REFERENCES card (id),
    grant_seq  INTEGER NOT NULL,               -- the transfer that the sale earned
    yen        INTEGER NOT NULL CHECK (yen > 0), -- of the sale
    units      INTEGER NOT NULL CHECK (units >= 0), -- that they had earned, by all refunds of the sale so far
    seq        INTEGER UNIQUE,                 -- the transfer that took them; NULL: none was to be taken
    forgiven   INTEGER NOT NULL CHECK (forgiven >= 0), -- of them, no longer there and let go
    owed       INTEGER NOT NULL CHECK (owed >= 0), -- of them, no longer there: since then the card owes them
    shop_id    INTEGER NOT NULL REFERENCES shop (id),
    till_id    INTEGER NOT NULL REFERENCES till (id),
    staff_id   INTEGER NOT NULL REFERENCES staff (id),
    at_ms      INTEGER NOT NULL,
    CHECK (forgiven + owed <= units)
) STRICT;
CREATE INDEX refund_grant ON refund (grant_seq);
CREATE TRIGGER refund_is_final_u BEFORE UPDATE ON refund
BEGIN SELECT RAISE(ABORT, 'refunds are never changed'); END;
CREATE TRIGGER refund_is_final_d BEFORE DELETE ON refund
BEGIN SELECT RAISE(ABORT, 'refunds are never removed'); END;

-- What one card owed and another owes since: cards that were put together, or taken apart again.
CREATE TABLE debt_move (
    id         INTEGER PRIMARY KEY,
    from_card  INTEGER NOT NULL REFERENCES card (id),
    into_card  INTEGER REFERENCES card (id),   -- NULL: nobody, for its member was erased
    amount     INTEGER NOT NULL CHECK (amount > 0),
    at_ms      INTEGER NOT NULL
) STRICT;
CREATE INDEX debt_move_from ON debt_move (from_card);
CREATE TRIGGER debt_move_is_final_u BEFORE UPDATE ON debt_move
BEGIN SELECT RAISE(ABORT, 'debts are never changed'); END;
CREATE TRIGGER debt_move_is_final_d BEFORE DELETE ON debt_move
BEGIN SELECT RAISE(ABORT, 'debts are never removed'); END;

-- A secret for each catalogue with a lottery: its hash is told before, itself when the catalogue is over.
CREATE TABLE lot_seed (
    plan_id   INTEGER NOT NULL REFERENCES plan (id),
    catalogue INTEGER NOT NULL,
    seed      BLOB    NOT NULL CHECK (length(seed) = 60), -- 32 random bytes, sealed
    hash      BLOB    NOT NULL CHECK (length(hash) = 32), -- SHA-256 of them
    PRIMARY KEY (plan_id, catalogue)
) STRICT;
CREATE TRIGGER lot_seed_is_final_u BEFORE UPDATE ON lot_seed
BEGIN SELECT RAISE(ABORT, 'seeds are never changed'); END;
CREATE TRIGGER lot_seed_is_kept BEFORE DELETE ON lot_seed
BEGIN SELECT RAISE(ABORT, 'seeds are never removed'); END;

-- What a lottery drew for a voucher, so that it can be counted again.
CREATE TABLE draw (
    voucher_id INTEGER PRIMARY KEY REFERENCES voucher (id), -- as it was issued first
    lottery_id INTEGER NOT NULL REFERENCES reward (id),
    cause_seq  INTEGER NOT NULL,
    nth        INTEGER NOT NULL CHECK (nth > 0), -- of the draws that this transfer caused
    roll       INTEGER NOT NULL CHECK (roll BETWEEN 0 AND 999999),
    drawn_id   INTEGER NOT NULL REFERENCES reward (id), -- whose stretch of the odds it was
    UNIQUE (cause_seq, nth)
) STRICT;
CREATE TRIGGER draw_is_final_u BEFORE UPDATE ON draw
BEGIN SELECT RAISE(ABORT, 'draws are never changed'); END;
CREATE TRIGGER draw_is_kept BEFORE DELETE ON draw
BEGIN SELECT RAISE(ABORT, 'draws are never removed'); END;

-- Codes of somebody else's, each for one voucher.
CREATE TABLE reward_code (
    id         INTEGER PRIMARY KEY,
    stock_id   INTEGER NOT NULL REFERENCES stock (id),
    code       BLOB    NOT NULL,               -- sealed
    hash       BLOB    NOT NULL UNIQUE CHECK (length(hash) = 16), -- keyed, of stock and code
    voucher_id INTEGER UNIQUE REFERENCES voucher (id) -- as it was issued first; NULL: nobody's yet
) STRICT;
CREATE INDEX reward_code_free ON reward_code (stock_id, id) WHERE voucher_id IS NULL;
CREATE TRIGGER reward_code_is_given_once BEFORE UPDATE ON reward_code
WHEN old.voucher_id IS NOT NULL OR new.id <> old.id OR new.stock_id <> old.stock_id OR new.code <> old.code
  OR new.hash <> old.hash
BEGIN SELECT RAISE(ABORT, 'a code is given once'); END;

-- ---------------------------------------------------------------- members that turned out to be one person

-- One member closed, and what it had given to another. Can be undone while until_ms lies ahead.
CREATE TABLE member_merge (
    id         INTEGER PRIMARY KEY,
    from_id    INTEGER NOT NULL REFERENCES member (id), -- closed
    into_id    INTEGER NOT NULL REFERENCES member (id), -- stays
    kind       TEXT    NOT NULL CHECK (kind IN ('merge', 'rescue', 'guest')), -- rescue: the LINE account went over, too
    state      TEXT    NOT NULL CHECK (state IN ('done', 'undone')),
    staff_id   INTEGER REFERENCES staff (id),  -- who approved it; NULL: the member's own code or login
    reason     TEXT    NOT NULL CHECK (length(reason) BETWEEN 1 AND 64), -- of the case; no names
    was_friend INTEGER NOT NULL CHECK (was_friend IN (0, 1)), -- the closed one had not blocked us
    at_ms      INTEGER NOT NULL,
    until_ms   INTEGER NOT NULL CHECK (until_ms >= at_ms),
    undone_ms  INTEGER CHECK (undone_ms >= at_ms),
    CHECK (from_id <> into_id),
    CHECK (kind <> 'merge' OR staff_id IS NOT NULL),
    CHECK ((state = 'undone') = (undone_ms IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX member_merge_from ON member_merge (from_id) WHERE state = 'done';
CREATE INDEX member_merge_into ON member_merge (into_id, id);

-- What went over, by card; NULL: the card was empty.
CREATE TABLE member_merge_card (
    merge_id  INTEGER NOT NULL REFERENCES member_merge (id),
    from_card INTEGER NOT NULL REFERENCES card (id),
    into_card INTEGER NOT NULL REFERENCES card (id),
    out_seq   INTEGER UNIQUE,                  -- the transfer that emptied the card ...
    in_seq    INTEGER UNIQUE,                  -- ... and the one that brought it to the other
    owed      INTEGER NOT NULL CHECK (owed >= 0), -- what the card owed, which the other owes since
    PRIMARY KEY (merge_id, from_card),
    CHECK ((out_seq IS NULL) = (in_seq IS NULL))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER member_merge_is_kept BEFORE DELETE ON member_merge
BEGIN SELECT RAISE(ABORT, 'merges are never removed'); END;
CREATE TRIGGER member_merge_card_is_final_u BEFORE UPDATE ON member_merge_card
BEGIN SELECT RAISE(ABORT, 'what a merge moved is never changed'); END;
CREATE TRIGGER member_merge_card_is_kept BEFORE DELETE ON member_merge_card
BEGIN SELECT RAISE(ABORT, 'what a merge moved is never removed'); END;

-- LINE accounts that no longer lead to their member, as long as that can be undone.
CREATE TABLE identity_closed (
    id         INTEGER PRIMARY KEY,
    merge_id   INTEGER NOT NULL REFERENCES member_merge (id),
    member_id  INTEGER NOT NULL REFERENCES member (id),
    line_index BLOB    NOT NULL CHECK (length(line_index) = 16), -- this and the rest as in identity
    line_id    BLOB    NOT NULL,
    name       BLOB,
    picture    BLOB,
    UNIQUE (merge_id, member_id)
) STRICT;
CREATE INDEX identity_closed_member ON identity_closed (member_id);

-- The code by which a member whose LINE account is gone comes back with another; one at a time.
CREATE TABLE recovery_code (
    member_id INTEGER PRIMARY KEY REFERENCES member (id),
    hash      BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32), -- keyed HMAC of it
    until_ms  INTEGER NOT NULL
) STRICT;

-- People the chain knew before: a card of plastic, an account elsewhere. Of the birthday only what proves it.
CREATE TABLE customer (
    id          INTEGER PRIMARY KEY,
    number      TEXT    NOT NULL UNIQUE CHECK (length(number) BETWEEN 4 AND 32), -- capitals and digits
    proof       BLOB    NOT NULL CHECK (length(proof) = 16), -- keyed HMAC of number and birthday
    plan_id     INTEGER REFERENCES plan (id),  -- whose card gets what it brings; NULL: it brings nothing
    points      INTEGER NOT NULL CHECK (points BETWEEN 0 AND 1000000),
    batch       INTEGER NOT NULL,              -- the import that named it last
    imported_ms INTEGER NOT NULL,
    member_id   INTEGER REFERENCES member (id), -- NULL: linked to nobody
    linked_ms   INTEGER,
    brought_seq INTEGER UNIQUE,                -- the transfer of its points; NULL: not yet
    CHECK ((member_id IS NULL) = (linked_ms IS NULL)),
    CHECK (points = 0 OR plan_id IS NOT NULL)
) STRICT;
CREATE INDEX customer_member ON customer (member_id) WHERE member_id IS NOT NULL;

-- Whom the shop's own login named, until LINE says whose LINE that was.
CREATE TABLE link_nonce (
    hash        BLOB    PRIMARY KEY CHECK (length(hash) = 32),
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    until_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Wrong tries at what only one person knows, by who tries and by what is tried.
CREATE TABLE guess (
    subject BLOB    PRIMARY KEY CHECK (length(subject) = 16), -- keyed HMAC of both
    count   INTEGER NOT NULL CHECK (count > 0), -- in the 24 hours from from_ms
    from_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Answers already given, so that a repeat gets the same one. Only the narrow index takes random keys: the
-- rows themselves lie in order of time, which is also how they are forgotten.
CREATE TABLE answer (
    id          INTEGER PRIMARY KEY,
    request_key BLOB    NOT NULL UNIQUE CHECK (length(request_key) = 16), -- actor and Idempotency-Key, hashed
    fingerprint BLOB    NOT NULL CHECK (length(fingerprint) = 16),    -- method, path, body
    status      INTEGER NOT NULL,
    body        BLOB    NOT NULL,              -- sealed
    at_ms       INTEGER NOT NULL,
    audit_seq   INTEGER                        -- of 200, which no transfer has to tell of: the audit line that does
) STRICT;

-- What was done by whom, beside the ledger: chained like it.
CREATE TABLE audit (
    seq       INTEGER PRIMARY KEY,
    at_ms     INTEGER NOT NULL,
    act       TEXT    NOT NULL,                -- till.enrolled, pin.locked, voucher.redeemed, transfer.reversed ...
    staff_id  INTEGER,
    till_id   INTEGER,
    subject   INTEGER,                         -- number of what it was done to
    prev_mac  BLOB    NOT NULL CHECK (length(prev_mac) = 16),
    mac       BLOB    NOT NULL CHECK (length(mac) = 16)
) STRICT;
CREATE TRIGGER audit_is_final_u BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
CREATE TRIGGER audit_is_final_d BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never removed'); END;

-- ---------------------------------------------------------------- LINE: what we owe, what we heard

-- Something a member should be told, written with its cause. The ladder (domain/ladder.h) ends it.
CREATE TABLE notice (
    id         INTEGER PRIMARY KEY,
    member_id  INTEGER NOT NULL REFERENCES member (id),
    card_id    INTEGER REFERENCES card (id),   -- NULL: about no card (a birthday, an answer)
    kind       TEXT    NOT NULL CHECK (kind = 'grant' OR kind = 'one_more' OR kind = 'voucher' OR kind = 'voucher_lapse'
                                       OR kind = 'points_lapse' OR kind = 'tier' OR kind = 'birthday' OR kind = 'dormant'
                                       OR kind = 'gift_taken' OR kind = 'gift_back' OR kind = 'staff'),
    seq        INTEGER,                        -- grant, one_more, voucher: the grant that caused it
    voucher_id INTEGER REFERENCES voucher (id),
    occasion   INTEGER,                        -- the others: which time it was (a year, a day, a transfer), told once
    detail     BLOB,                           -- sealed: what a person of the shop wrote, a tier's name
    state      TEXT    NOT NULL CHECK (state = 'waiting' OR state = 'held' OR state = 'seen' OR state = 'owed'
                                       OR state = 'told' OR state = 'kept' OR state = 'cancelled' OR state = 'lapsed'),
    outbox_id  INTEGER REFERENCES outbox (id), -- owed, told: the message that carries it, alone or with others
    due_ms     INTEGER NOT NULL,               -- the ladder looks at it then, not before
    until_ms   INTEGER NOT NULL,               -- nobody wants to hear it after that
    created_ms INTEGER NOT NULL,
    UNIQUE (seq, kind, voucher_id),
    CHECK ((kind IN ('voucher', 'voucher_lapse')) = (voucher_id IS NOT NULL)),
    CHECK ((kind = 'grant' OR kind = 'one_more' OR kind = 'voucher' OR kind = 'gift_taken' OR kind = 'gift_back')
           = (seq IS NOT NULL)),
    CHECK ((seq IS NULL) = (occasion IS NOT NULL)),
    CHECK (seq IS NULL OR card_id IS NOT NULL),
    CHECK ((state IN ('owed', 'told')) = (outbox_id IS NOT NULL))
) STRICT;
CREATE INDEX notice_due ON notice (state, due_ms, member_id) WHERE state IN ('waiting', 'held');
CREATE INDEX notice_held ON notice (member_id) WHERE state = 'held'; -- few at a time; a stamp's is not in it yet
CREATE INDEX notice_kept ON notice (member_id) WHERE state = 'kept'; -- more with every visit
CREATE INDEX notice_of_message ON notice (outbox_id) WHERE outbox_id IS NOT NULL;
CREATE UNIQUE INDEX notice_once ON notice (member_id, kind, occasion, card_id) WHERE occasion IS NOT NULL;

-- What the ladder decided about a notice, and why: one row for each change of mind.
CREATE TABLE notice_decision (
    notice_id INTEGER NOT NULL REFERENCES notice (id),
    number    INTEGER NOT NULL CHECK (number > 0),
    at_ms     INTEGER NOT NULL,
    step      TEXT    NOT NULL CHECK (step = 'wait' OR step = 'reply' OR step = 'merge' OR step = 'push'
                                      OR step = 'keep' OR step = 'drop'),
    reason    TEXT    NOT NULL,                -- as domain/ladder.h names it
    PRIMARY KEY (notice_id, number)
) STRICT, WITHOUT ROWID;

-- How notices ended, by day: for the owner's figures.
CREATE TABLE notice_tally (
    day  INTEGER NOT NULL,                     -- 20260401, of UTC+9, as LINE counts
    kind TEXT    NOT NULL,
    how  TEXT    NOT NULL CHECK (how = 'live' OR how = 'reply' OR how = 'merge' OR how = 'push' OR how = 'kept'
                                 OR how = 'failed' OR how = 'none'
                                 OR how = 'opened'), -- the card was opened from the message
    n    INTEGER NOT NULL,
    PRIMARY KEY (day, kind, how)
) STRICT, WITHOUT ROWID;

-- A member's birthday without the year, if they gave it: 401 is the first of April.
CREATE TABLE birthday (
    member_id INTEGER PRIMARY KEY REFERENCES member (id),
    month_day INTEGER NOT NULL CHECK (month_day BETWEEN 101 AND 1231)
) STRICT;
CREATE INDEX birthday_day ON birthday (month_day);

-- How far a job that walks the book has come.
CREATE TABLE progress (
    job TEXT    PRIMARY KEY,
    at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a member wants to hear about; a topic without a row is as the ladder's table has it.
CREATE TABLE topic_choice (
    member_id INTEGER NOT NULL REFERENCES member (id),
    topic     TEXT    NOT NULL CHECK (topic IN ('receipts', 'rewards', 'offers')),
    is_wanted INTEGER NOT NULL CHECK (is_wanted IN (0, 1)),
    at_ms     INTEGER NOT NULL,                -- when they said so
    PRIMARY KEY (member_id, topic)
) STRICT, WITHOUT ROWID;

-- How the owner wants messages sent; one row.
CREATE TABLE message_policy (
    id               INTEGER PRIMARY KEY CHECK (id = 1),
    budget           INTEGER CHECK (budget BETWEEN 0 AND 10000000), -- messages a month; NULL: what LINE allows
    reserve          INTEGER NOT NULL CHECK (reserve BETWEEN 0 AND 100), -- percent kept for urgent notices
    quiet_from_min   INTEGER NOT NULL CHECK (quiet_from_min BETWEEN 0 AND 1439), -- minutes of the day ...
    quiet_until_min  INTEGER NOT NULL CHECK (quiet_until_min BETWEEN 0 AND 1439), -- ... equal: no quiet hours
    utc_offset_min   INTEGER NOT NULL CHECK (utc_offset_min BETWEEN -720 AND 840), -- of those hours
    weekly_cap       INTEGER NOT NULL CHECK (weekly_cap BETWEEN 0 AND 100), -- pushes a member in seven days; 0: none
    lapse_days       INTEGER NOT NULL CHECK (lapse_days BETWEEN 0 AND 60), -- warn so long before; 0: never
    dormant_days     INTEGER NOT NULL CHECK (dormant_days BETWEEN 0 AND 730), -- without a visit; 0: never
    tells_birthdays  INTEGER NOT NULL CHECK (tells_birthdays IN (0, 1)),
    pushes_receipts  INTEGER NOT NULL CHECK (pushes_receipts IN (0, 1)), -- 0: a stamp is told where that is free
    price_milli      INTEGER NOT NULL CHECK (price_milli BETWEEN 0 AND 1000000) -- of a message, thousandths of a yen
) STRICT;
INSERT INTO message_policy VALUES (1, NULL, 30, 1260, 540, 540, 3, 7, 60, 0, 0, 3000);
-- How far vouchers were warned of says nothing once it is another number of days.
CREATE TRIGGER message_policy_warns_anew AFTER UPDATE OF lapse_days ON message_policy
WHEN old.lapse_days <> new.lapse_days
BEGIN UPDATE run_ended SET at_ms = 0 WHERE name = 'voucher_lapse'; END;

-- The shop's own words for a kind of message in a language; where it has none, the program's are said.
CREATE TABLE message_template (
    id         INTEGER PRIMARY KEY,
    kind       TEXT    NOT NULL CHECK (kind IN ('grant', 'one_more', 'voucher', 'voucher_lapse', 'points_lapse',
                                                'tier', 'welcome', 'welcome_back', 'birthday', 'dormant',
                                                'balance', 'invite')),
    language   TEXT    NOT NULL CHECK (language IN ('ja', 'en', 'zh-Hant', 'th')),
    headline   TEXT    CHECK (length(headline) BETWEEN 1 AND 500), -- with fields in braces; NULL: the program's words
    text       TEXT    CHECK (length(text) BETWEEN 1 AND 500),     -- the same
    alt        TEXT    CHECK (length(alt) BETWEEN 1 AND 500),      -- the same, in the list of chats
    button     TEXT    CHECK (length(button) BETWEEN 1 AND 500),   -- the same
    version    INTEGER NOT NULL CHECK (version > 0), -- counts the changes, each a line of the audit log
    changed_ms INTEGER NOT NULL,
    staff_id   INTEGER NOT NULL REFERENCES staff (id), -- who changed it last
    UNIQUE (kind, language)
) STRICT;

-- What LINE last said about the month's messages; one row.
CREATE TABLE line_quota (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    month    INTEGER NOT NULL,                 -- 202604, of UTC+9, as LINE counts
    most     INTEGER,                          -- NULL: no limit
    used     INTEGER NOT NULL,
    charged  INTEGER NOT NULL,                 -- by us, at that moment: what came after is added to used
    read_ms  INTEGER NOT NULL
) STRICT;

-- Messages of ours that a month may have to count: charged before the first attempt of that month,
-- given back only when LINE certainly did not count them.
CREATE TABLE budget_month (
    month   INTEGER PRIMARY KEY,               -- 202604, of UTC+9
    charged INTEGER NOT NULL CHECK (charged >= 0)
) STRICT;

-- A reply token that nobody has used: a free message for whoever wrote, within a minute.
CREATE TABLE reply_chance (
    member_id INTEGER PRIMARY KEY REFERENCES member (id),
    event_id  TEXT    NOT NULL UNIQUE REFERENCES inbox (event_id),
    token     BLOB    NOT NULL,                -- sealed
    until_ms  INTEGER NOT NULL
) STRICT;
CREATE INDEX reply_chance_end ON reply_chance (until_ms);

-- Work owed to LINE: what is sent is fixed before it is first sent.
CREATE TABLE outbox (
    id            INTEGER PRIMARY KEY,
    kind          TEXT    NOT NULL CHECK (kind IN ('push', 'multicast', 'reply', 'menu')),
    event_id      TEXT    UNIQUE REFERENCES inbox (event_id), -- reply: the event it answers
    member_id     INTEGER REFERENCES member (id), -- push: whose LINE user id it goes to; menu: too, or NULL: everybody's; reply: if known
    recipients    INTEGER NOT NULL DEFAULT 1 CHECK (recipients BETWEEN 0 AND 500), -- what LINE may count; 0: free
    is_urgent     INTEGER NOT NULL DEFAULT 0 CHECK (is_urgent IN (0, 1)), -- may use the budget's reserve
    charged_month INTEGER,                     -- the newest month whose budget holds it
    retry_key     TEXT    UNIQUE CHECK (length(retry_key) = 36),
    body          BLOB    NOT NULL,            -- sealed: exact bytes of the request; menu: method and path
    state         TEXT    NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'accepted_before', 'rejected',
                                                    'quota', 'unreachable', 'expired', 'dropped', 'erased')),
    tries         INTEGER NOT NULL DEFAULT 0,
    next_ms       INTEGER NOT NULL,            -- not before; the least is sent first
    first_ms      INTEGER,                     -- first attempt; the retry key ends 24 h later
    closed_ms     INTEGER,
    is_settled    INTEGER NOT NULL DEFAULT 0 CHECK (is_settled IN (0, 1)), -- its notices know how it ended
    created_ms    INTEGER NOT NULL,
    CHECK ((kind IN ('push', 'multicast')) = (retry_key IS NOT NULL)),
    CHECK ((kind IN ('push', 'multicast')) = (recipients > 0)),
    CHECK (kind <> 'push' OR member_id IS NOT NULL),
    CHECK ((kind = 'reply') = (event_id IS NOT NULL)),
    CHECK ((state IN ('queued', 'sending')) = (closed_ms IS NULL))
) STRICT;
CREATE INDEX outbox_open ON outbox (next_ms) WHERE state IN ('queued', 'sending');
CREATE INDEX outbox_menu ON outbox (member_id) WHERE kind = 'menu' AND state IN ('queued', 'sending');
CREATE INDEX outbox_swept ON outbox (closed_ms) WHERE kind IN ('reply', 'menu') AND closed_ms IS NOT NULL;
CREATE INDEX outbox_unsettled ON outbox (id) WHERE closed_ms IS NOT NULL AND is_settled = 0;
CREATE INDEX outbox_of_member ON outbox (member_id, created_ms) WHERE kind = 'push';

-- Whom a multicast goes to.
CREATE TABLE outbox_to (
    outbox_id INTEGER NOT NULL REFERENCES outbox (id),
    member_id INTEGER NOT NULL REFERENCES member (id),
    is_out    INTEGER NOT NULL DEFAULT 0 CHECK (is_out IN (0, 1)), -- had blocked us, or left, before the first attempt
    PRIMARY KEY (outbox_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_to_member ON outbox_to (member_id);

CREATE TABLE outbox_try (
    outbox_id  INTEGER NOT NULL REFERENCES outbox (id),
    try        INTEGER NOT NULL,
    at_ms      INTEGER NOT NULL,
    status     INTEGER,                        -- HTTP status; 0: no answer; NULL: under way when we stopped
    line_request_id TEXT,
    PRIMARY KEY (outbox_id, try)
) STRICT, WITHOUT ROWID;

CREATE TABLE inbox (
    event_id    TEXT    PRIMARY KEY CHECK (length(event_id) BETWEEN 1 AND 64),
    at_ms       INTEGER NOT NULL,              -- LINE's event time: the order that counts
    received_ms INTEGER NOT NULL,
    message_id  TEXT    CHECK (length(message_id) BETWEEN 1 AND 64), -- of a message in `event`; of one taken back
    event       BLOB,                          -- sealed; gone once applied
    state       TEXT    NOT NULL CHECK (state IN ('received', 'applied', 'ignored')),
    closed_ms   INTEGER,
    CHECK ((state = 'received') = (event IS NOT NULL)),
    CHECK ((state = 'received') = (closed_ms IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_open ON inbox (at_ms) WHERE state = 'received'; -- in the order they are applied
CREATE INDEX inbox_message ON inbox (message_id) WHERE message_id IS NOT NULL;

-- ---------------------------------------------------------------- rich menus

-- A time with a name of its own, which stands in every menu as long as it lasts.
CREATE TABLE menu_period (
    id         INTEGER PRIMARY KEY AUTOINCREMENT, -- in names of menus: never used again
    title      TEXT    NOT NULL CHECK (length(title) BETWEEN 1 AND 64),
    from_ms    INTEGER NOT NULL,
    until_ms   INTEGER NOT NULL CHECK (until_ms > from_ms),
    created_ms INTEGER NOT NULL
) STRICT;

-- The menus that LINE has of us, as the last deploy left them.
CREATE TABLE menu_made (
    key         TEXT    PRIMARY KEY,             -- as domain/menu_book.h writes it: member.ja.1.7
    role        TEXT    NOT NULL CHECK (role IN ('guest', 'member')),
    language    TEXT    NOT NULL CHECK (language IN ('ja', 'en', 'zh-Hant', 'th')),
    plan_id     INTEGER REFERENCES plan (id),    -- member
    from_count  INTEGER,                         -- member: the counts that it stands for; NULL: a tab's, for any
    until_count INTEGER CHECK (until_count >= from_count),
    tier        INTEGER NOT NULL DEFAULT 0 CHECK (tier BETWEEN 0 AND 6), -- member: of the card; 0: where it has no menus of its own
    period_id   INTEGER NOT NULL DEFAULT 0,      -- 0: of no period
    line_id     TEXT    NOT NULL,                -- LINE's richMenuId
    name        TEXT    NOT NULL,                -- its name there: a hash of what is in it
    made_ms     INTEGER NOT NULL,                -- when LINE made it: 100 an hour is what LINE takes
    deploy_ms   INTEGER NOT NULL,                -- of the last deploy that wanted it
    CHECK ((role = 'member') = (plan_id IS NOT NULL)),
    CHECK ((from_count IS NULL) = (until_count IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX menu_made_for ON menu_made (plan_id, tier, language, from_count);

-- Which menu was last linked to a member: another call is owed only when it should be another one.
CREATE TABLE menu_link (
    member_id INTEGER PRIMARY KEY REFERENCES member (id),
    line_id   TEXT    NOT NULL,
    at_ms     INTEGER NOT NULL
) STRICT;

-- A call that LINE did not take has linked nothing: the next stamp owes another one.
CREATE TRIGGER menu_link_failed AFTER UPDATE OF state ON outbox
WHEN new.kind = 'menu' AND new.state IN ('rejected', 'expired', 'unreachable')
BEGIN DELETE FROM menu_link WHERE member_id = new.member_id; END;

-- Members whose menu is to be looked at again, whatever their cards do.
CREATE TABLE menu_due (
    member_id INTEGER PRIMARY KEY REFERENCES member (id)
) STRICT;
CREATE TRIGGER menu_due_joined AFTER INSERT ON member WHEN EXISTS (SELECT 1 FROM menu_made)
BEGIN INSERT INTO menu_due VALUES (new.id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER menu_due_changed AFTER UPDATE OF language, is_friend ON member
WHEN (old.language <> new.language OR old.is_friend <> new.is_friend) AND EXISTS (SELECT 1 FROM menu_made)
BEGIN INSERT INTO menu_due VALUES (new.id) ON CONFLICT DO NOTHING; END;
-- A card that rose did so with a transfer; one that goes down may have none.
CREATE TRIGGER menu_due_rose AFTER INSERT ON card_tier WHEN EXISTS (SELECT 1 FROM menu_made)
BEGIN INSERT INTO menu_due SELECT member_id FROM card WHERE id = new.card_id ON CONFLICT DO NOTHING; END;
CREATE TRIGGER menu_due_tier AFTER UPDATE OF tier ON card_tier
WHEN old.tier <> new.tier AND EXISTS (SELECT 1 FROM menu_made)
BEGIN INSERT INTO menu_due SELECT member_id FROM card WHERE id = new.card_id ON CONFLICT DO NOTHING; END;
-- Who took over another's cards may be shown in another LINE account's talk from now on: a call is due in any case.
CREATE TRIGGER menu_due_merged AFTER UPDATE OF merged_into ON member
WHEN old.merged_into IS NOT new.merged_into AND EXISTS (SELECT 1 FROM menu_made)
BEGIN
    DELETE FROM menu_link WHERE member_id = coalesce(new.merged_into, old.merged_into);
    INSERT INTO menu_due SELECT id FROM member WHERE id IN (new.id, coalesce(new.merged_into, old.merged_into))
        ON CONFLICT DO NOTHING;
END;

-- How far the menus are behind the book; one row.
CREATE TABLE menu_work (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    seq           INTEGER NOT NULL,            -- transfers up to this have been looked at
    sweep_id      INTEGER,                     -- all members behind this one are still to be looked at; NULL: none
    period_id     INTEGER NOT NULL,            -- in force when that began
    guest_line_id TEXT    NOT NULL,            -- what everybody sees who has no menu of their own; '': not set by us
    digest        TEXT    NOT NULL,            -- of all that the last deploy showed; '': there is none to follow
    deploy_ms     INTEGER NOT NULL             -- the last deploy that is through; another one in menu_made is under way
) STRICT;
INSERT INTO menu_work VALUES (1, 0, NULL, 0, '', '', 0);

CREATE TABLE menu_tap (
    day   INTEGER NOT NULL,                    -- since 1970-01-01, in UTC+9
    key   TEXT    NOT NULL,                    -- of the menu
    area  INTEGER NOT NULL CHECK (area BETWEEN 0 AND 19), -- as line/menu_design.h numbers them
    count INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (day, key, area)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- what the account answers by itself

CREATE TABLE keyword_rule (
    id         INTEGER PRIMARY KEY,
    is_on      INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    match      TEXT    NOT NULL CHECK (match IN ('exact', 'contains', 'any', 'sticker', 'image', 'location')),
    words      TEXT    NOT NULL CHECK (length(words) <= 1000), -- one a line, folded; empty where none are compared
    priority   INTEGER NOT NULL CHECK (priority BETWEEN -100 AND 100), -- the greatest speaks
    language   TEXT    CHECK (language IN ('ja', 'en', 'zh-Hant', 'th')), -- of the members it is for; NULL: of all
    hours      TEXT    NOT NULL CHECK (hours IN ('always', 'staff', 'away')), -- while staff answer, or do not
    days       INTEGER NOT NULL CHECK (days BETWEEN 1 AND 127), -- bit 0: Monday
    from_min   INTEGER NOT NULL CHECK (from_min BETWEEN 0 AND 1439), -- of the day; equal to until_min: all day
    until_min  INTEGER NOT NULL CHECK (until_min BETWEEN 0 AND 1439),
    action     TEXT    NOT NULL CHECK (action IN ('text', 'balance', 'shops', 'silent')),
    reply      TEXT    CHECK (length(reply) BETWEEN 1 AND 5000),
    changed_ms INTEGER NOT NULL,
    CHECK ((action = 'text') = (reply IS NOT NULL)),
    CHECK ((match IN ('exact', 'contains', 'sticker')) = (words <> ''))
) STRICT;

-- Quick replies under a rule's answer.
CREATE TABLE keyword_button (
    rule_id   INTEGER NOT NULL REFERENCES keyword_rule (id),
    place     INTEGER NOT NULL CHECK (place BETWEEN 1 AND 13),
    label     TEXT    NOT NULL CHECK (length(label) BETWEEN 1 AND 20),
    press     TEXT    NOT NULL CHECK (press IN ('says', 'balance', 'shops', 'rule')), -- what pressing it does
    says      TEXT    CHECK (length(says) BETWEEN 1 AND 300),
    target_id INTEGER REFERENCES keyword_rule (id),
    CHECK ((press = 'says') = (says IS NOT NULL)),
    CHECK ((press = 'rule') = (target_id IS NOT NULL)),
    PRIMARY KEY (rule_id, place)
) STRICT, WITHOUT ROWID;

-- Transmitters of LINE Beacon. Anybody can record one and play it elsewhere: they are a hint, never a point.
CREATE TABLE beacon (
    hwid        TEXT    PRIMARY KEY CHECK (length(hwid) = 10), -- as LINE gave it out, lower case
    shop_id     INTEGER NOT NULL REFERENCES shop (id),
    every_hours INTEGER NOT NULL CHECK (every_hours BETWEEN 1 AND 24) -- a member is greeted there at most so often
) STRICT, WITHOUT ROWID;

-- Who was near which shop within a day; no history.
CREATE TABLE beacon_visit (
    member_id   INTEGER NOT NULL REFERENCES member (id),
    shop_id     INTEGER NOT NULL REFERENCES shop (id),
    seen_ms     INTEGER NOT NULL,              -- the newest event
    greeted_ms  INTEGER,                       -- when it was last answered; NULL: not yet
    PRIMARY KEY (member_id, shop_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX beacon_visit_end ON beacon_visit (seen_ms);

-- When people of the shop answer by hand, in message_policy's zone; spans as in keyword_rule.
CREATE TABLE staff_hours (
    id        INTEGER PRIMARY KEY,
    days      INTEGER NOT NULL CHECK (days BETWEEN 1 AND 127),
    from_min  INTEGER NOT NULL CHECK (from_min BETWEEN 0 AND 1439),
    until_min INTEGER NOT NULL CHECK (until_min BETWEEN 0 AND 1439)
) STRICT;
