#!/bin/sh
# nginx reads its certificate when it starts and when it is told to: every six hours is well within a renewal's month.
(while sleep 21600; do nginx -s reload; done) &
