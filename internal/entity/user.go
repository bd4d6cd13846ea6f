package entity

// UserID names somebody who may use Hob; unique among users. It often is a
// person's id too, but need not be.
type UserID string

// User is somebody who may use Hob, as declared. Their password is theirs and
// not in the file.
type User struct {
	ID     UserID
	Name   string // for people; config fills it from the id when not given
	Role   Role
	Areas  []AreaID  // what a member or kiosk sees and may use; empty is everything
	Notify []Channel // where messages go, in order; none is the dashboard
}

// Role says what a user may do.
type Role string

// Values of Role.
const (
	RoleAdmin  Role = "admin"  // everything
	RoleMember Role = "member" // see and use the house
	RoleKiosk  Role = "kiosk"  // a screen on a wall: see and use what its areas have
)

// Channel is one way to reach a user.
type Channel struct {
	Dashboard bool
	URL       Secret // without Dashboard; it may hold a token, and is never shown
}
