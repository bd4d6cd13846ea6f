package main

// The sensors' part of the port of the core; see callbacks.go.

// #include "bridge.h"
import "C"

import "unsafe"

//export goSensorOpen
func goSensorOpen(ctx unsafe.Pointer, kind C.int, where C.uint8_t) C.int {
	if sensorKind(kind) == sensorSHT3x {
		return C.HOB_OK // the bus has the pins
	}
	return result(coreOf(ctx).pins.setSensor(int(where), modeSensor))
}

//export goSensorClose
func goSensorClose(ctx unsafe.Pointer, kind C.int, where C.uint8_t) {
	if sensorKind(kind) != sensorSHT3x {
		coreOf(ctx).pins.release(int(where))
	}
}

//export goSensorTime
func goSensorTime(kind C.int) C.int {
	return C.int(sensorKind(kind).measuringMS())
}

//export goSensorRead
func goSensorRead(ctx unsafe.Pointer, kind C.int, where C.uint8_t, buf *C.uint8_t, size C.size_t) C.int {
	raw := coreOf(ctx).sensors.answer(sensorKind(kind), int(where))
	if len(raw) == 0 || len(raw) > int(size) {
		return failed
	}
	return C.int(copy(bytesAt(buf, size), raw))
}

//export goI2COpen
func goI2COpen(ctx unsafe.Pointer, sda, scl C.uint8_t) C.int {
	pins := coreOf(ctx).pins
	pins.releaseBus()
	if sda == C.HOB_NO_PIN {
		return C.HOB_OK
	}
	if err := pins.setSensor(int(sda), modeI2C); err != nil {
		return failed
	}
	return result(pins.setSensor(int(scl), modeI2C))
}
