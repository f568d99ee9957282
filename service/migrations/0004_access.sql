-- Who may do what. Tokens, links and sessions are random and stored only as their SHA-256.
CREATE DOMAIN access_role AS text
    CHECK (VALUE IN ('provider', 'admin', 'police', 'auditor', 'operator'));

CREATE TABLE access_token (
    token_sha256 bytea PRIMARY KEY CHECK (length(token_sha256) = 32),
    role         access_role NOT NULL,
    force        text REFERENCES force,
    holder       text NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    CHECK ((role = 'police') = (force IS NOT NULL))
);

-- A link that signs its holder in once.
CREATE TABLE sign_in_link (
    link_sha256  bytea PRIMARY KEY CHECK (length(link_sha256) = 32),
    role         access_role NOT NULL,
    force        text REFERENCES force,
    holder       text NOT NULL,
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz,
    CHECK ((role = 'police') = (force IS NOT NULL))
);

CREATE TABLE web_session (
    session_sha256 bytea PRIMARY KEY CHECK (length(session_sha256) = 32),
    role           access_role NOT NULL,
    force          text REFERENCES force,
    holder         text NOT NULL,
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    CHECK ((role = 'police') = (force IS NOT NULL))
);
CREATE INDEX web_session_expiry ON web_session (expires_at);

-- Collection, alteration, consultation, disclosure, combination and erasure of personal data.
CREATE TABLE audit (
    audit_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL,
    actor     text NOT NULL,
    role      text NOT NULL,
    action    text NOT NULL CHECK (action IN ('collection', 'alteration', 'consultation', 'disclosure', 'combination', 'erasure')),
    subject   text NOT NULL,
    recipient text
);
