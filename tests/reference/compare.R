# Reference values for tests/test_against_r.py: run `Rscript compare.R` in this folder.
# Writes the data (compare_data.csv) and what R makes of them (compare.csv).
suppressPackageStartupMessages({library(effectsize); library(coin); library(sandwich); library(clubSandwich)})
options(digits = 17)
set.seed(20250817)

n <- 60
arm <- rep(c("control", "seminar", "workshop"), each = 20)
before <- round(rnorm(n, 60, 10), 1)
after <- round(0.6 * before + 28 + c(0, 4, 7)[factor(arm)] + rnorm(n, 0, 6), 1)
arms <- data.frame(set = "arms", before, after, arm, age = round(runif(n, 25, 58)), unit = paste0("u", rep(1:12, length.out = n)[sample(n)]))
# whole units in one arm, unequal sizes
cl <- data.frame(set = "units", before = round(rnorm(80, 50, 9), 1), arm = rep(c("control", "trained"), c(38, 42)))
cl$unit <- c(rep(paste0("c", 1:5), c(4, 6, 8, 9, 11)), rep(paste0("t", 1:6), c(3, 5, 6, 8, 9, 11)))
cl$after <- round(cl$before + 3 * (cl$arm == "trained") + rnorm(11, 0, 3)[as.integer(factor(cl$unit))] + rnorm(80, 0, 5), 1)
cl$age <- round(runif(80, 25, 58))
ties <- data.frame(set = "ties", before = sample(1:5, 24, TRUE), arm = "x", age = 30, unit = "u1")
ties$after <- pmin(5, ties$before + sample(c(-1, 0, 0, 1, 1, 2), 24, TRUE))
many <- data.frame(set = "many", before = sample(1:5, 150, TRUE), arm = "x", age = 30, unit = "u1")
many$after <- pmax(1, pmin(5, many$before + sample(c(-2, -1, 0, 0, 1, 1, 2), 150, TRUE)))
plain <- data.frame(set = "plain", before = rnorm(15, 0, 1), arm = "x", age = 30, unit = "u1")
plain$after <- plain$before + rnorm(15, 0.5, 0.8)
pass <- data.frame(set = "pass", before = rep(c(1, 0, 1, 0), c(20, 14, 5, 11)), after = rep(c(1, 1, 0, 0), c(20, 14, 5, 11)), arm = "x", age = 30, unit = "u1")
columns <- c("set", "before", "after", "arm", "age", "unit")
write.csv(do.call(rbind, lapply(list(arms, cl, ties, many, plain, pass), function(d) d[columns])), "compare_data.csv", row.names = FALSE, quote = FALSE)

out <- list()
keep <- function(set, term, what, value) out[[length(out) + 1]] <<- data.frame(set, term, what, value = unname(as.numeric(value)))

for (d in list(arms, ties, plain)) {
  t <- t.test(d$after, d$before, paired = TRUE); s <- d$set[1]
  keep(s, "mean_change", "estimate", t$estimate); keep(s, "mean_change", "statistic", t$statistic)
  keep(s, "mean_change", "p_value", t$p.value); keep(s, "mean_change", "ci_low", t$conf.int[1]); keep(s, "mean_change", "ci_high", t$conf.int[2])
  z <- cohens_d(d$after, d$before, paired = TRUE)
  keep(s, "d_z", "estimate", z$Cohens_d); keep(s, "d_z", "ci_low", z$CI_low); keep(s, "d_z", "ci_high", z$CI_high)
  # Bonett (2008), written out anew
  s1 <- var(d$before); s2 <- var(d$after); c12 <- cov(d$before, d$after); v <- (s1 + s2) / 2; m <- nrow(d) - 1
  dav <- mean(d$after - d$before) / sqrt(v)
  se <- sqrt(dav^2 * (s1^2 + s2^2 + 2 * c12^2) / (8 * m * v^2) + (s1 + s2 - 2 * c12) / (m * v))
  keep(s, "d_av", "estimate", dav); keep(s, "d_av", "ci_low", dav - qnorm(.975) * se); keep(s, "d_av", "ci_high", dav + qnorm(.975) * se)
  r <- rank_biserial(d$after, d$before, paired = TRUE)
  keep(s, "rank_biserial", "estimate", r$r_rank_biserial); keep(s, "rank_biserial", "ci_low", r$CI_low); keep(s, "rank_biserial", "ci_high", r$CI_high)
  # jackknife of effectsize's own point estimate over people who changed, then Fisher's z
  # (differences rounded, so that those which are equal on paper tie)
  k <- round(d$after - d$before, 9); k <- k[k != 0]; v <- rank_biserial(k)$r_rank_biserial
  without <- sapply(seq_along(k), function(i) rank_biserial(k[-i])$r_rank_biserial)
  e <- sqrt((length(k) - 1) / length(k) * sum((without - mean(without))^2))
  keep(s, "rank_biserial", "jackknife.std_error", e)
  keep(s, "rank_biserial", "jackknife.ci_low", tanh(atanh(v) - qnorm(.975) * e / (1 - v^2)))
  keep(s, "rank_biserial", "jackknife.ci_high", tanh(atanh(v) + qnorm(.975) * e / (1 - v^2)))
}
for (d in list(ties, many)) {
  for (zeros in c("Pratt", "Wilcoxon")) {
    # two-sided exact p from the distribution of the standardised statistic; asymptotic above 50 pairs
    kind <- if (nrow(d) <= 50) exact() else asymptotic()
    w <- wilcoxsign_test(after ~ before, data = d, zero.method = zeros, distribution = kind)
    keep(d$set[1], zeros, "p_value", pvalue(w))
  }
}
w <- suppressWarnings(wilcox.test(many$after, many$before, paired = TRUE, exact = FALSE, correct = FALSE))
keep("many", "median_change", "statistic", w$statistic); keep("many", "median_change", "p_value", w$p.value)
w <- wilcox.test(plain$after, plain$before, paired = TRUE, conf.int = TRUE, exact = TRUE)
keep("plain", "median_change", "estimate", w$estimate); keep("plain", "median_change", "ci_low", w$conf.int[1])
keep("plain", "median_change", "ci_high", w$conf.int[2]); keep("plain", "median_change", "p_value", w$p.value); keep("plain", "median_change", "statistic", w$statistic)

arms$change <- arms$after - arms$before
base <- subset(arms, arm == "control")
for (a in c("seminar", "workshop")) {
  w <- t.test(subset(arms, arm == a)$change, base$change); s <- sprintf("did[%s]", a)
  keep("arms", s, "welch.estimate", w$estimate[1] - w$estimate[2]); keep("arms", s, "welch.std_error", w$stderr)
  keep("arms", s, "welch.dof", w$parameter); keep("arms", s, "welch.p_value", w$p.value)
}
models <- list(did = lm(change ~ arm, arms), ancova = lm(after ~ arm + before + age, arms))
for (name in names(models)) {
  b <- coef(summary(models[[name]])); ci <- confint(models[[name]])
  for (a in c("seminar", "workshop")) {
    s <- sprintf("%s[%s]", name, a); k <- paste0("arm", a)
    keep("arms", s, "ols.estimate", b[k, 1]); keep("arms", s, "ols.std_error", b[k, 2]); keep("arms", s, "ols.p_value", b[k, 4])
    keep("arms", s, "ols.ci_low", ci[k, 1]); keep("arms", s, "ols.ci_high", ci[k, 2])
  }
}
keep("arms", "hc2", "seminar", sqrt(vcovHC(models$ancova, "HC2")["armseminar", "armseminar"]))
keep("arms", "hc3", "seminar", sqrt(vcovHC(models$ancova, "HC3")["armseminar", "armseminar"]))
keep("arms", "hc1", "seminar", sqrt(vcovHC(models$ancova, "HC1")["armseminar", "armseminar"]))
models <- list(did = lm(I(after - before) ~ arm, cl), ancova = lm(after ~ arm + before + age, cl))
for (name in names(models)) {
  r <- coef_test(models[[name]], vcov = "CR2", cluster = cl$unit, test = "Satterthwaite")["armtrained", ]
  s <- sprintf("%s[trained]", name)
  keep("units", s, "cr2.estimate", r$beta); keep("units", s, "cr2.std_error", r$SE); keep("units", s, "cr2.dof", r$df_Satt); keep("units", s, "cr2.p_value", r$p_Satt)
}
b <- binom.test(14, 19)
keep("pass", "mean_change", "p_value", b$p.value)
# Newcombe (1998), method 10, from prop.test's Wilson intervals; after first: 20 both, 14 gained, 5 lost, 11 neither
w <- function(k) prop.test(k, 50, correct = FALSE)$conf.int
p2 <- 34 / 50; p1 <- 25 / 50; i2 <- w(34); i1 <- w(25)
B <- 20 * 11 - 14 * 5; phi <- max(B - 25, 0) / sqrt(34 * 16 * 25 * 25)
keep("pass", "mean_change", "estimate", p2 - p1)
keep("pass", "mean_change", "ci_low", p2 - p1 - sqrt((p2 - i2[1])^2 - 2 * phi * (p2 - i2[1]) * (i1[2] - p1) + (i1[2] - p1)^2))
keep("pass", "mean_change", "ci_high", p2 - p1 + sqrt((i2[2] - p2)^2 - 2 * phi * (i2[2] - p2) * (p1 - i1[1]) + (p1 - i1[1])^2))
write.csv(do.call(rbind, out), "compare.csv", row.names = FALSE, quote = FALSE)
