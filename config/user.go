package config

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"

	"hob/internal/diag"
	"hob/internal/entity"
)

// userYAML is somebody who may use Hob.
type userYAML struct {
	Name   text       `yaml:"name" example:"Anna" default:"from the id" doc:"What people read."`
	Role   choice     `yaml:"role" oneof:"admin member kiosk" need:"true" example:"member" doc:"admin may do everything; member uses the house; kiosk is a screen on a wall."`
	Areas  references `yaml:"areas" names:"ids of areas" example:"[living, hall]" default:"all" doc:"What a member or kiosk sees and uses."`
	Notify channels   `yaml:"notify" example:"[dashboard, \"ntfy://ntfy.example/house\"]" default:"[dashboard]" doc:"Where messages go: dashboard, or addresses of services."`
}

// channels are the ways to reach a user, in order: dashboard, or an address
// with a scheme such as ntfy://ntfy.example/house.
type channels struct {
	slot
	items []entity.Channel
}

const dashboardChannel = "dashboard"

func (f *channels) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	suggestion := ""
	if isText(v) {
		suggestion = "write [dashboard], or the address of a channel: [\"ntfy://ntfy.example/house\"]"
		if strings.Contains(v.node.Value, "://") || v.node.Value == dashboardChannel {
			suggestion = fmt.Sprintf("write [%q]", v.node.Value)
		}
	}
	items, ok := v.list("a list such as [dashboard, \"ntfy://ntfy.example/house\"]", suggestion)
	if !ok {
		return
	}
	f.valid = true
	for _, at := range items {
		raw, _, ok := at.secretText("dashboard, or an address such as ntfy://ntfy.example/house")
		switch {
		case !ok:
			f.valid = false
		case raw == dashboardChannel:
			f.items = append(f.items, entity.Channel{Dashboard: true})
		case validChannel(raw):
			f.items = append(f.items, entity.Channel{URL: entity.NewSecret(raw)})
		default:
			f.valid = false
			at.problem(problem{code: diag.BadChannel, message: "this is no way to send a message",
				suggestion: "write dashboard, or an address with a service in front, such as ntfy://ntfy.example/house or smtp://user@mail.example/?to=me@mail.example"})
		}
	}
}

// validChannel checks the form only; the service is asked when a message is sent.
func validChannel(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Scheme != "" && (u.Host != "" || u.Opaque != "" || u.Path != "")
}

// checkUsers: areas exist, and somebody may do everything.
func (b *book) checkUsers() {
	for _, d := range b.file.Users.items {
		for _, ref := range d.T.Areas.items {
			if _, ok := b.areas[entity.AreaID(ref.value)]; !ok {
				b.unknownArea(ref)
			}
		}
		if areas := d.T.Areas; areas.given && d.T.Role.valid && entity.Role(d.T.Role.value) == entity.RoleAdmin {
			areas.at.r.errorAt(areas.at.keySpan(), problem{code: diag.NotApplied, message: `"areas" has no effect on an admin, who may do everything`,
				suggestion: "delete areas, or make it role: member"})
		}
	}
}

func (b *book) unknownArea(ref reference) {
	ref.at.problem(problem{
		code:    diag.UnknownArea,
		message: fmt.Sprintf("unknown area %s", quote(ref.value)),
		suggestion: b.r.didYouMean(ref.value, b.areaNames,
			fmt.Sprintf("declare it: areas: {%s: {}}", ref.value)),
	})
}

func user(d *declared[userYAML]) entity.User {
	u := entity.User{ID: entity.UserID(d.id), Name: nameOr(d.T.Name, d.id), Role: entity.Role(d.T.Role.value), Notify: d.T.Notify.items}
	for _, ref := range d.T.Areas.items {
		u.Areas = append(u.Areas, entity.AreaID(ref.value))
	}
	return u
}
