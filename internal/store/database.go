package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

func embedded() fs.FS {
	sub, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		panic(err) // the path is a constant
	}
	return sub
}

// applicationID marks a file as Hob's: "Hob!".
const applicationID = 0x486f6221

// database is an open file: one connection that writes, and some that read.
type database struct {
	path   string
	writer *sql.DB
	conn   *sql.Conn // the writer's only connection
	reader *sql.DB
	full   bool // synchronous is FULL
	stmts  map[string]*sql.Stmt
}

const (
	busyFor  = "busy_timeout(5000)" // ms; only a checkpoint or another program's look can make it wait
	readers  = 4
	walLimit = 16 << 20 // bytes: what is kept of the -wal file after a checkpoint
)

// openDatabase opens path as it is, without any change to it but WAL's own
// recovery. It fails with a *unusable when the file should be set aside.
func openDatabase(ctx context.Context, o Options) (*database, error) {
	if err := looksRight(o.Path); err != nil {
		return nil, err
	}
	db := &database{path: o.Path, stmts: map[string]*sql.Stmt{}}
	if err := db.connect(ctx, o); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

func (db *database) connect(ctx context.Context, o Options) error {
	abs, err := filepath.Abs(o.Path)
	if err != nil {
		return err
	}
	dsn := func(pragmas ...string) string {
		q := url.Values{"_pragma": pragmas, "_txlock": {"deferred"}}
		return (&url.URL{Scheme: "file", Path: abs, RawQuery: q.Encode()}).String()
	}
	if db.writer, err = sql.Open("sqlite", dsn(busyFor, "cache_size(-1000)")); err != nil {
		return err
	}
	db.writer.SetMaxOpenConns(1)
	if db.conn, err = db.writer.Conn(ctx); err != nil {
		return err
	}
	// Both are kept in the file. The first has an effect only while it is empty.
	for _, pragma := range []string{"PRAGMA auto_vacuum = INCREMENTAL", "PRAGMA journal_mode = WAL",
		fmt.Sprintf("PRAGMA journal_size_limit = %d", walLimit), "PRAGMA synchronous = NORMAL"} {
		if _, err := db.conn.ExecContext(ctx, pragma); err != nil {
			return err
		}
	}
	if o.pages > 0 {
		if _, err := db.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", o.pages)); err != nil {
			return err
		}
	}
	if db.reader, err = sql.Open("sqlite", dsn(busyFor, "query_only(1)", "cache_size(-1000)")); err != nil {
		return err
	}
	db.reader.SetMaxOpenConns(readers)
	db.reader.SetMaxIdleConns(readers)
	return nil
}

// Close closes the connections; the last one takes what is in the WAL into the file.
func (db *database) Close() error {
	if db == nil {
		return nil
	}
	var errs []error
	if db.reader != nil {
		errs = append(errs, db.reader.Close())
	}
	for _, s := range db.stmts {
		_ = s.Close()
	}
	if db.conn != nil {
		errs = append(errs, db.conn.Close())
	}
	if db.writer != nil {
		errs = append(errs, db.writer.Close())
	}
	return errors.Join(errs...)
}

// exec runs a statement on the writer's connection; it is prepared once.
func (db *database) exec(query string, args ...any) error {
	s, err := db.prepared(query)
	if err == nil {
		_, err = s.ExecContext(context.Background(), args...)
	}
	return err
}

func (db *database) prepared(query string) (*sql.Stmt, error) {
	if s := db.stmts[query]; s != nil {
		return s, nil
	}
	s, err := db.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	db.stmts[query] = s
	return s, nil
}

// transact runs f between BEGIN and COMMIT on the writer's connection. full has
// the commit wait for the disk. After an error nothing of f is left.
func (db *database) transact(full bool, f func() error) error {
	if full != db.full {
		mode := "NORMAL"
		if full {
			mode = "FULL"
		}
		// SQLite obeys this one while it compiles it: it must not be prepared once.
		if _, err := db.conn.ExecContext(context.Background(), "PRAGMA synchronous = "+mode); err != nil {
			return err
		}
		db.full = full
	}
	if err := db.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := f()
	if err == nil {
		err = db.exec("COMMIT")
	}
	if err != nil {
		// SQLite may have rolled back by itself; then this is an error that means nothing.
		_ = db.exec("ROLLBACK")
	}
	return err
}

// versions are those of the file and of the newest migration.
func (db *database) versions(ctx context.Context, migrations fs.FS) (current, newest int64, err error) {
	var app, objects int64
	err = db.conn.QueryRowContext(ctx, "SELECT (SELECT application_id FROM pragma_application_id), "+
		"(SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)").
		Scan(&app, &current, &objects)
	if err != nil {
		return 0, 0, err
	}
	if objects > 0 && app != applicationID && current == 0 && !gooseOnly(ctx, db) {
		return 0, 0, &unusable{suffix: "corrupt", why: "it is another program's database"}
	}
	sources, err := fs.Glob(migrations, "*.sql")
	if err != nil {
		return 0, 0, err
	}
	for _, s := range sources {
		v, err := goose.NumericComponent(s)
		if err != nil {
			return 0, 0, err
		}
		newest = max(newest, v)
	}
	return current, newest, nil
}

// gooseOnly says whether the file holds nothing but the table of migrations: a
// server died while it made the database.
func gooseOnly(ctx context.Context, db *database) bool {
	var others int
	err := db.conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE tbl_name NOT IN "+
		"('goose_db_version', 'sqlite_sequence')").Scan(&others)
	return err == nil && others == 0
}

// migrate brings the file up to the newest version.
func (db *database) migrate(ctx context.Context, migrations fs.FS) error {
	// goose takes its connection from the pool, which has but the one.
	if err := db.conn.Close(); err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db.writer, migrations)
	if err == nil {
		_, err = p.Up(ctx)
	}
	var again error
	db.conn, again = db.writer.Conn(ctx)
	return errors.Join(err, again)
}

// code is SQLite's primary result code in err; 0 when there is none.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// SQLite's result codes (https://sqlite.org/rescode.html).
const (
	codeReadOnly = 8
	codeIO       = 10
	codeCorrupt  = 11
	codeFull     = 13
	codeCantOpen = 14
	codeNotADB   = 26
)

// damaged says whether err means that the file is no sound database.
func damaged(err error) bool {
	c := code(err)
	return c == codeCorrupt || c == codeNotADB
}

// refused says whether err means that the disk takes nothing at the moment.
func refused(err error) bool {
	switch code(err) {
	case codeReadOnly, codeIO, codeFull, codeCantOpen:
		return true
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EDQUOT)
}

// private makes the file, if there is none, so that nobody else can read it;
// SQLite gives -wal and -shm the same mode.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = f.Chmod(0o600)
	}
	return err
}
