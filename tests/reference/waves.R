# Reference values for tests/test_against_r_waves.py: run `Rscript waves.R` in this folder.
# Later waves, dose, balance: writes the data (waves_data.csv) and what R makes of them (waves.csv).
suppressPackageStartupMessages({library(effectsize); library(sandwich); library(clubSandwich)})
options(digits = 17)
set.seed(20251124)

n <- 72
arm <- rep(c("control", "seminar", "workshop"), each = 24)
before <- round(rnorm(n, 60, 9), 1)
after <- round(before + 2 + c(0, 4, 8)[factor(arm)] + rnorm(n, 0, 6), 1)
later <- round(before + 1 + c(0, 2, 6)[factor(arm)] + 0.5 * (after - before) + rnorm(n, 0, 5), 1)
later[c(3, 30, 31, 60)] <- NA
d <- data.frame(before, after, later, arm, jp = sample(c(3, 6, 8, 12, 20, 24), n, TRUE), age = round(runif(n, 25, 58)),
                unit = paste0("u", sample(rep(1:12, length.out = n))))
d$female <- rbinom(n, 1, 0.4)
write.csv(d, "waves_data.csv", row.names = FALSE, quote = FALSE, na = "")

out <- list()
keep <- function(set, term, what, value) out[[length(out) + 1]] <<- data.frame(set, term, what, value = unname(as.numeric(value)))
keep_t <- function(set, term, t, difference = FALSE) {
  keep(set, term, "estimate", if (difference) t$estimate[1] - t$estimate[2] else t$estimate)
  keep(set, term, "std_error", t$stderr); keep(set, term, "dof", t$parameter); keep(set, term, "p_value", t$p.value)
  keep(set, term, "ci_low", t$conf.int[1]); keep(set, term, "ci_high", t$conf.int[2])
}
# Fieller's set by its definition: the ratios r at which a test of y_wave - r y_first does not reject, found by uniroot.
# p_of takes an outcome and returns its p-value; the degrees of freedom stay those at the estimate.
fieller <- function(set, term, ratio, t_of, dof) {
  f <- function(r) t_of(r)^2 - qt(.975, dof)^2
  keep(set, term, "estimate", ratio)
  step <- 0.01; while (f(ratio - step) < 0) step <- step * 2
  keep(set, term, "ci_low", uniroot(f, c(ratio - step, ratio), tol = 1e-13)$root)
  step <- 0.01; while (f(ratio + step) < 0) step <- step * 2
  keep(set, term, "ci_high", uniroot(f, c(ratio, ratio + step), tol = 1e-13)$root)
}

w <- subset(d, !is.na(later)); w$gain <- w$after - w$before; w$left <- w$later - w$before
keep_t("one", "lasting[later]", t.test(w$left)); keep_t("one", "loss[later]", t.test(w$later - w$after))
fieller("one", "share_kept[later]", mean(w$left) / mean(w$gain), function(r) t.test(w$left - r * w$gain)$statistic, nrow(w) - 1)

for (a in c("seminar", "workshop")) {
  x <- subset(w, arm == a); k <- subset(w, arm == "control")
  keep_t("arms", sprintf("lasting[%s · later]", a), t.test(x$left, k$left), TRUE)
  keep_t("arms", sprintf("loss[%s · later]", a), t.test(x$later - x$after, k$later - k$after), TRUE)
}
m <- lm(later ~ arm + before + age, w)
for (a in c("seminar", "workshop")) {
  b <- coef(summary(m))[paste0("arm", a), ]; ci <- confint(m)[paste0("arm", a), ]; s <- sprintf("lasting_ancova[%s · later]", a)
  keep("arms", s, "estimate", b[1]); keep("arms", s, "std_error", b[2]); keep("arms", s, "p_value", b[4])
  keep("arms", s, "ci_low", ci[1]); keep("arms", s, "ci_high", ci[2])
}
x <- w$arm == "workshop"; k <- w$arm == "control"
welch <- function(y) t.test(y[x], y[k])
ratio <- diff(rev(welch(w$left)$estimate)) / diff(rev(welch(w$gain)$estimate))
fieller("arms", "share_kept[workshop · later]", ratio, function(r) welch(w$left - r * w$gain)$statistic,
        welch(w$left - ratio * w$gain)$parameter)
ancova <- function(y) coef(summary(lm(y ~ w$arm + w$before + w$age)))["w$armworkshop", c(1, 3)]
ratio <- ancova(w$left)[1] / ancova(w$gain)[1]
fieller("arms", "share_kept_ancova[workshop · later]", ratio, function(r) ancova(w$left - r * w$gain)[2], m$df.residual)

r <- coef_test(lm(left ~ 1, w), vcov = "CR2", cluster = w$unit, test = "Satterthwaite")
keep("clusters", "lasting[later]", "estimate", r$beta); keep("clusters", "lasting[later]", "std_error", r$SE)
keep("clusters", "lasting[later]", "dof", r$df_Satt); keep("clusters", "lasting[later]", "p_value", r$p_Satt)
one <- function(y) { r <- coef_test(lm(y ~ 1), vcov = "CR2", cluster = w$unit, test = "Satterthwaite"); c(r$tstat, r$df_Satt) }
ratio <- mean(w$left) / mean(w$gain)
fieller("clusters", "share_kept[later]", ratio, function(r) one(w$left - r * w$gain)[1], one(w$left)[2])

d$change <- round(d$after - d$before, 10)  # ties that binary fractions would break
m <- lm(change ~ jp, d); se <- sqrt(vcovHC(m, "HC3")[2, 2])
keep("dose", "dose[linear]", "estimate", coef(m)[2]); keep("dose", "dose[linear]", "std_error", se)
keep("dose", "dose[linear]", "p_value", 2 * pt(-abs(coef(m)[2] / se), n - 2))
r <- coef_test(m, vcov = "CR2", cluster = d$unit, test = "Satterthwaite")[2, ]
keep("dose", "dose[linear]", "cr2.estimate", r$beta); keep("dose", "dose[linear]", "cr2.std_error", r$SE)
keep("dose", "dose[linear]", "cr2.dof", r$df_Satt); keep("dose", "dose[linear]", "cr2.p_value", r$p_Satt)
s <- cor.test(d$jp, d$change, method = "spearman", exact = FALSE)
keep("dose", "dose[monotone]", "estimate", s$estimate); keep("dose", "dose[monotone]", "p_value", s$p.value)
# Bonett and Wright (2000), written out anew
z <- atanh(s$estimate) + c(-1, 1) * qnorm(.975) * sqrt((1 + s$estimate^2 / 2) / (n - 3))
keep("dose", "dose[monotone]", "ci_low", tanh(z[1])); keep("dose", "dose[monotone]", "ci_high", tanh(z[2]))

for (name in c("before", "age", "female")) for (a in c("seminar", "workshop")) {
  x <- d[[name]][d$arm == a]; k <- d[[name]][d$arm == "control"]
  keep("balance", a, paste0(name, ".smd"), cohens_d(x, k, pooled_sd = FALSE)$Cohens_d)
  # Bonett (2008), two independent groups, written out anew
  v <- c(var(x), var(k)); s2 <- mean(v); g <- (mean(x) - mean(k)) / sqrt(s2); m <- 23
  se <- sqrt(g^2 * (v[1]^2 / m + v[2]^2 / m) / (8 * s2^2) + (v[1] / m + v[2] / m) / s2)
  keep("balance", a, paste0(name, ".smd_low"), g - qnorm(.975) * se); keep("balance", a, paste0(name, ".smd_high"), g + qnorm(.975) * se)
}
write.csv(do.call(rbind, out), "waves.csv", row.names = FALSE, quote = FALSE)
