package entity

// Record is everything that clients see of one entity: the object "An entity"
// of docs/api.md, whose JSON it is. Times are unix milliseconds of the server.
// A Record is a value; what its pointers lead to is never changed after it has
// been published.
type Record struct {
	ID          ID           `json:"id"`
	Kind        Kind         `json:"kind"`
	Name        string       `json:"name"`
	Area        AreaID       `json:"area"`
	Icon        string       `json:"icon"`
	Board       BoardName    `json:"board"`
	Features    []string     `json:"features"`
	State       string       `json:"state"`
	Attributes  any          `json:"attributes"`
	Available   bool         `json:"available"`
	Unavailable *Unavailable `json:"unavailable"`
	Pending     *Pending     `json:"pending"`
	Failure     *Failure     `json:"failure"`
	Changed     int64        `json:"changed"`
	Cause       Cause        `json:"cause"`
	Revision    Revision     `json:"revision"`
}

// Revision is the house's change counter within one epoch.
type Revision uint64

// Unavailable says why an entity cannot be used.
type Unavailable struct {
	Reason BoardStatus `json:"reason"`
	Said
	Since int64 `json:"since"`
}

// CommandID names a command for as long as the server runs.
type CommandID string

// Pending is an entity's newest unfinished command.
type Pending struct {
	Command CommandID `json:"command"`
	Action  Verb      `json:"action"`
	Target  string    `json:"target"` // the state asked for; "" when there is none
	Origin  CauseKind `json:"origin"`
	By      string    `json:"by"`
	Since   int64     `json:"since"`
	Until   int64     `json:"until"`
}

// Failure is how an entity's last command ended when it was not confirmed.
type Failure struct {
	Command CommandID `json:"command"`
	Action  Verb      `json:"action"`
	Target  string    `json:"target"`
	Status  Status    `json:"status"`
	Code    Code      `json:"code"`
	Said
	At int64 `json:"at"`
}

// Cause is who or what made something happen.
type Cause struct {
	Kind CauseKind `json:"kind"`
	By   string    `json:"by"` // the user, button or rule; "" when nobody is known
}

// CauseKind is one of the words below.
type CauseKind string

// Values of CauseKind. The first group can be the origin of a command.
const (
	CauseUser   CauseKind = "user" // a browser
	CauseAPI    CauseKind = "api"
	CauseCLI    CauseKind = "cli"
	CauseButton CauseKind = "button" // a button's binding, on the board or on the server
	CauseRule   CauseKind = "rule"
	CauseScene  CauseKind = "scene" // a task of a scene
	CauseAlarm  CauseKind = "alarm" // the alarm drives its siren

	CauseBoard      CauseKind = "board" // an input of the board
	CauseBoot       CauseKind = "boot"
	CauseConfig     CauseKind = "config"
	CauseOffAfter   CauseKind = "off_after"
	CauseMaxOn      CauseKind = "max_on"
	CauseLease      CauseKind = "lease"
	CauseInterlock  CauseKind = "interlock"
	CauseSensor     CauseKind = "sensor"     // a new sample
	CauseThermostat CauseKind = "thermostat" // the board's control law
	CauseDeadline   CauseKind = "deadline"   // the entity's own: a delay ran out, a move is overdue
)

// commands says whether it is the origin of a command, and not something that
// came about by itself.
func (k CauseKind) commands() bool {
	switch k {
	case CauseUser, CauseAPI, CauseCLI, CauseButton, CauseRule, CauseScene, CauseAlarm:
		return true
	}
	return false
}

// BoardRecord is what clients see of one board: the object "A board" of docs/api.md.
type BoardRecord struct {
	Name     BoardName   `json:"name"`
	ID       BoardID     `json:"id"`
	Chip     string      `json:"chip"`
	Declared bool        `json:"declared"`
	Status   BoardStatus `json:"status"`
	Said
	Since    int64  `json:"since"`
	Address  string `json:"address"`
	Firmware string `json:"firmware"`
}

// BoardStatus is how the link to a board is.
type BoardStatus string

// Values of BoardStatus.
const (
	BoardOnline        BoardStatus = "online"
	BoardConnecting    BoardStatus = "connecting"
	BoardOffline       BoardStatus = "offline"
	BoardNotAdopted    BoardStatus = "not_adopted"
	BoardKeyRefused    BoardStatus = "key_refused"
	BoardWrongChip     BoardStatus = "wrong_chip"
	BoardWrongID       BoardStatus = "wrong_id"
	BoardConfigRefused BoardStatus = "config_refused"
	BoardDuplicate     BoardStatus = "duplicate"
	BoardUnknown       BoardStatus = "unknown" // announced, in no config
	// BoardNotConfigured is the reason of an entity whose board is online but
	// has not reported the entity's point yet.
	BoardNotConfigured BoardStatus = "not_configured"
)

// Linked says whether a board with this status has a link: it works, but something
// about it may want attention.
func (s BoardStatus) Linked() bool {
	return s == BoardOnline || s == BoardConfigRefused || s == BoardDuplicate
}

// Status is how a command stands or ended.
type Status string

// Values of Status; all but StatusAccepted are final.
const (
	StatusAccepted  Status = "accepted"
	StatusConfirmed Status = "confirmed"
	StatusRefused   Status = "refused"
	StatusFailed    Status = "failed"
	StatusExpired   Status = "expired"
)

// Code says why a command was not confirmed. The values are those of docs/api.md.
type Code string

// Values of Code.
const (
	CodeInvalid       Code = "invalid"
	CodeNotNow        Code = "not_now" // refused: it makes sense, and not as the entity is at this moment
	CodeUnknownEntity Code = "unknown_entity"
	CodeOffline       Code = "offline"
	CodeBoard         Code = "board"
	CodeSuperseded    Code = "superseded"
	CodeCancelled     Code = "cancelled"
	CodeLinkLost      Code = "link_lost"
	CodeBusy          Code = "busy"
	CodeTimeout       Code = "timeout"
	CodeConfirmNeeded Code = "confirm_needed" // refused: whoever asks must say that they can see it
	CodeWrongCode     Code = "wrong_code"     // refused
	CodeLocked        Code = "locked"         // refused: too many wrong codes
	CodePartial       Code = "partial"        // failed: some of the tasks did, the message lists them
	CodeQueued        Code = "queued"         // confirmed: kept, and the board gets it when it is back
	CodeNotKept       Code = "not_kept"       // confirmed: in force, but a restart of the server would undo it
)

// Result is how a command stands or ended: the object "Result of a command" of docs/api.md.
type Result struct {
	Command CommandID `json:"command"`
	Entity  ID        `json:"entity"`
	Action  Verb      `json:"action"`
	Status  Status    `json:"status"`
	Code    Code      `json:"code"`
	Said
}

// BoardDetails is a BoardRecord with what its live link knows: the object of
// GET /api/boards.
type BoardDetails struct {
	BoardRecord
	Link   *LinkInfo   `json:"link"`   // null while there is no session
	Update *UpdateInfo `json:"update"` // null if none was begun since the server started
}

// LinkInfo is what a live link knows of its board.
type LinkInfo struct {
	Boot       string `json:"boot"`
	Reset      string `json:"reset"`
	UptimeMS   int64  `json:"uptime_ms"`
	Config     string `json:"config"` // revision in force
	Points     int    `json:"points"`
	RSSI       int64  `json:"rssi"` // dBm; 0 when not on Wi-Fi or not known yet
	Heap       int64  `json:"heap" doc:"free memory in bytes; 0: not known yet"`
	HeapLow    *int64 `json:"heap_low" doc:"the least free memory since the board started, in bytes; null: not known yet, or the board does not tell"`
	Stack      *int64 `json:"stack" doc:"the least that any task of the board has left of its stack, in bytes; null as heap_low"`
	LoopUS     int64  `json:"loop_us" doc:"the longest turn of the board's loop lately, in µs; 0: not known yet"`
	Temp       *int64 `json:"temp" doc:"of the chip, in °C; null: not known yet, or the chip has no sensor"`
	Reconnects int    `json:"reconnects"` // since the server started
	Refused    int    `json:"refused"`    // frames and sessions refused since then
	Excess     int    `json:"excess" doc:"reports since the server started that came too often: of their values the newest counted"`
}

// UpdateInfo is how far a board is with another firmware, or how that ended last.
type UpdateInfo struct {
	Firmware string `json:"firmware"`
	// Stage is sending, checking, restarting, proving, done or failed.
	Stage string `json:"stage"`
	Done  int64  `json:"done"` // bytes that the board has
	Size  int64  `json:"size"`
	// Code says why it failed: one of the board's, or rolled_back, silent, stuck,
	// nonsense or stopped; "" otherwise.
	Code    string `json:"code"`
	Message string `json:"message"` // the same in a sentence
	Since   int64  `json:"since"`   // unix ms, of the stage
}

// Over says whether nothing more will come of it.
func (u *UpdateInfo) Over() bool { return u.Stage == "done" || u.Stage == "failed" }

// Revoked is the answer to revoking a board's key.
type Revoked struct {
	Board BoardRecord `json:"board"`
	// Told says that the board has forgotten the key too. One that was not
	// reached keeps it until its BOOT button is held.
	Told bool `json:"told"`
}

// ProvisionedKey is a board's next key, on its way to the cable that the board is
// on: the one answer of the server that gives a key away.
type ProvisionedKey struct {
	Board BoardID `json:"board"`
	Key   string  `json:"key" doc:"64 hexadecimal digits"`
}
